import { parseSearch, type Search } from '../../adapters/database/search-words.ts';
import { InvalidOptionError } from '../config.ts';

/** The words that a person looks for in the library. Throws `InvalidOptionError`. */
export function searchedWords(text: string): Search {
  if (text.length > LONGEST_SEARCH)
    throw new InvalidOptionError(`--search takes up to ${LONGEST_SEARCH} characters`);
  const search = parseSearch(text);
  if (search !== null) return search;
  throw new InvalidOptionError('--search takes words: it has no letter and no digit');
}

const LONGEST_SEARCH = 200;
