/** What is posted whole, in bytes; larger files are uploaded in parts. */
export const MOST_POSTED_BYTES = 100_000_000;
