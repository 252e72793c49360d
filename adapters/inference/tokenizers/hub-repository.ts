/** `owner/name`, as the hub allows them. */
export const HUB_REPOSITORY = /^[\w-][\w.-]{0,95}\/[\w-][\w.-]{0,95}$/;
