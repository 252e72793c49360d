import { get } from 'node:http';

/** Whether a GET is answered with 200. Uses node:http because `fetch` takes 0.2 s to load, during which no part starts. */
export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
  });
}
