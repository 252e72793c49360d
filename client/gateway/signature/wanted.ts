/** For clients: what the gateway wants to have signed (RFC 9421, section 5.1). */
export const WANTED =
  'hansard=("@method" "@target-uri" "content-digest" "content-type");created;expires;nonce;keyid;tag="hansard"';
