declare module 'mistral-tokenizer-js' {
  const tokenizer: {
    readonly encode: (text: string, bos: boolean, precedingSpace: boolean) => number[];
  };
  export default tokenizer;
}
