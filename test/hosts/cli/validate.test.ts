import { describe, expect, it } from 'vitest';
import { checkSvgFile } from '#app/svg-files.ts';
import { CommandFailure } from '#hosts/cli/failure.ts';
import { runValidate } from '#hosts/cli/validate.ts';

const SVG = 'xmlns="http://www.w3.org/2000/svg"';
const FILES: Readonly<Record<string, string>> = {
  'good.svg': `<svg ${SVG}><g><rect width="4" height="3"/></g></svg>`,
  'bad.svg': `<svg ${SVG}><g/><g><rect r="1"/></g><rect x="NaN">word</rect></svg>`,
  'unsafe.svg': `<svg ${SVG}><script>1</script></svg>`,
  'broken.svg': '<svg',
};

async function validate(file: string, json?: true): Promise<{ out: string[]; fault: unknown }> {
  const out: string[] = [];
  const ports = {
    check: async (name: string) => checkSvgFile(FILES[name] ?? ''),
    out: (line: string) => out.push(line),
  };
  const fault = await runValidate(file, json ? { json } : {}, ports).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { out, fault };
}

describe('limn validate', () => {
  it('says that a sound file is sound', async () => {
    expect(await validate('good.svg')).toEqual({ out: ['good.svg: sound'], fault: undefined });
    const { out } = await validate('good.svg', true);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([{ ok: true, file: 'good.svg', faults: 0 }]);
  });

  it('says where each fault is and what to do, and fails', async () => {
    const { out, fault } = await validate('bad.svg');
    expect(out).toEqual([
      'bad.svg:/svg/g[2]/rect/@r: “rect” has no attribute “r”. Leave it out, or choose another.',
      'bad.svg:/svg/rect/@x: “NaN” is no value for “x”. Write a number, with a unit if need be.',
      'bad.svg:/svg/rect/text(): “rect” can’t hold words. Put them into a text element.',
    ]);
    expect(fault).toBeInstanceOf(CommandFailure);
    expect(fault).toMatchObject({
      status: 1,
      message: "bad.svg breaks SVG's rules in 3 places. Look at the lines above.",
    });
  });

  it('says it in JSON Lines, too', async () => {
    const { out, fault } = await validate('bad.svg', true);
    const lines = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      fault: 'attribute',
      path: '/svg/g[2]/rect/@r',
      detail: { element: 'rect', attribute: 'r' },
    });
    expect(lines.at(-1)).toEqual({ ok: false, file: 'bad.svg', faults: 3 });
    expect(fault).toMatchObject({ status: 1 });
  });

  it('takes what is not safe for no fault of the file, and says it', async () => {
    const { out, fault } = await validate('unsafe.svg');
    expect(out).toEqual(['unsafe.svg: On a board, 1 script would be taken out.', 'unsafe.svg: sound']);
    expect(fault).toBeUndefined();
  });

  it('says why a file is no SVG at all', async () => {
    const { out, fault } = await validate('broken.svg', true);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ ok: false });
    expect(fault).toMatchObject({ status: 1 });
  });
});
