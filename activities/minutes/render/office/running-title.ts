/** A title for the head of every page: at most 80 characters. */
export function runningTitle(title: string): string {
  const characters = Array.from(title);
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : title;
}
