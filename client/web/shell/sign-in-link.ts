/** The secret of a sign-in link, `#/sign-in?link=…`; it leaves the address at once, so that nobody reads it there. */
export function takeSignInLink(): string | null {
  const [path, query = ''] = location.hash.slice(1).split('?');
  if (path !== '/sign-in') return null;
  const link = new URLSearchParams(query).get('link');
  history.replaceState(null, '', '#/');
  return link;
}
