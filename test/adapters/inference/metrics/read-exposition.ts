interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * Prometheus' text format, version 0.0.4, read strictly: HELP and TYPE once before the samples of each family, no
 * sample twice, names and escapes as the format has them. Throws where it is not so.
 */
export function readExposition(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families: { name: string; type: string; help: string; samples: Sample[] }[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const family = families.at(-1);
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (help !== null) {
      const [, name = '', words = ''] = help;
      if (families.some((one) => one.name === name)) throw new Error(`${name} comes twice`);
      families.push({ name, type: '', help: words, samples: [] });
      continue;
    }
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      if (family === undefined || family.name !== type[1] || family.type !== '')
        throw new Error(`TYPE out of place: ${line}`);
      family.type = type[2] ?? '';
      continue;
    }
    const sample = readSample(line);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (seen.has(key)) throw new Error(`twice: ${key}`);
    seen.add(key);
    const suffixes = family?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    if (family === undefined || !suffixes.some((suffix) => sample.name === family.name + suffix))
      throw new Error(`a sample outside its family: ${line}`);
    family.samples.push(sample);
  }
  return families;
}

function readSample(line: string): Sample {
  const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`no sample: ${line}`);
  const [, name = '', inside = '', number = ''] = parts;
  const labels: Record<string, string> = {};
  const pair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/gy;
  while (pair.lastIndex < inside.length) {
    const [, label = '', value = ''] = pair.exec(inside) ?? [];
    if (label === '' || label in labels) throw new Error(`labels of ${line}`);
    labels[label] = value;
  }
  const value = number === '+Inf' ? Infinity : Number(number);
  if (Number.isNaN(value)) throw new Error(`value of ${line}`);
  return { name, labels, value };
}
