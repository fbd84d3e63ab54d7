/** The words of the command line (CLI.md): what each command takes. What it does comes as a parameter. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { CommandFailure, sentenceOf } from './failure.ts';

export interface StartOptions {
  readonly web?: true;
  readonly port?: number;
  readonly open: boolean;
  readonly profile?: string;
}
export interface BotOptions {
  readonly jid: string;
  readonly service?: string;
  readonly ca?: string;
  readonly room: string;
  readonly nick?: string;
  readonly create?: string;
  readonly profile?: string;
}
export interface ExportOptions {
  readonly output: string;
  readonly to?: 'svg' | 'png';
  readonly scale: number;
  readonly outlines?: true;
  readonly plain?: true;
  readonly notes?: true;
  readonly profile?: string;
  readonly jid?: string;
  readonly service?: string;
  readonly ca?: string;
  readonly json?: true;
}
export interface ValidateOptions {
  readonly json?: true;
}
export interface DemoOptions {
  readonly open: boolean;
}

export interface LogOptions {
  readonly since?: number;
  readonly format?: 'jsonl' | 'xml';
  readonly json?: true;
  readonly xml?: true;
  readonly node?: string;
  readonly verify?: true;
  /** The index before which the log is left out. */
  readonly compact?: number;
  readonly dryRun?: true;
  readonly profile?: string;
}

export interface RelatedOptions {
  readonly add?: string;
  readonly title?: string;
  readonly remove?: string;
  readonly json?: true;
  readonly profile?: string;
}

/** What each command does. Resolves when it is done; a failure is thrown, best as a CommandFailure or ApiError. */
export interface Actions {
  start(options: StartOptions): Promise<void>;
  demo(options: DemoOptions): Promise<void>;
  bot(options: BotOptions): Promise<void>;
  export(sources: readonly string[], options: ExportOptions): Promise<void>;
  validate(file: string, options: ValidateOptions): Promise<void>;
  log(board: string, options: LogOptions): Promise<void>;
  related(board: string, options: RelatedOptions): Promise<void>;
}

/** Where words are written; tests give their own. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

function portOf(word: string): number {
  const port = Number(word);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function scaleOf(word: string): number {
  const scale = Number(word);
  if (!(scale > 0 && scale <= 16)) throw new InvalidArgumentError('A scale is a number above 0 and up to 16.');
  return scale;
}

function indexOf(word: string): number {
  const index = Number(word);
  if (!Number.isSafeInteger(index) || index < 0) throw new InvalidArgumentError('An index is a whole number from 0.');
  return index;
}

const profile = (): Option => new Option('--profile <dir>', 'the profile folder');
const service = (): Option => new Option('--service <url>', 'the server, as xmpp://host:port or xmpps://host:port');
const ca = (): Option => new Option('--ca <file>', 'a certificate authority to trust, in PEM');

function buildProgram(actions: Actions, version: string, output: Output): Command {
  const program = new Command('limn')
    .description('A whiteboard on which people draw one SVG document together over XMPP.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .showHelpAfterError();

  program
    .command('start')
    .description('open the app')
    .option('--web', 'in a browser, even where Electron could be had')
    .option('--port <n>', 'the port of the web host (any free one)', portOf)
    .option('--no-open', 'print the address and open nothing')
    .addOption(profile())
    .action((options: StartOptions) => actions.start(options));

  program
    .command('demo')
    .description('two people, two windows, one board on a server of its own; Ctrl-C leaves nothing behind')
    .option('--no-open', 'print the two addresses and open nothing')
    .action((options: DemoOptions) => actions.demo(options));

  program
    .command('bot')
    .description('join a board and speak JSON Lines; the password comes from LIMN_PASSWORD or a prompt')
    .requiredOption('--jid <address>', 'the account')
    .requiredOption('--room <address>', 'the board')
    .option('--nick <name>', 'the name in the room')
    .option('--create <file>', 'make the room if it is not there, with this SVG file')
    .addOption(service())
    .addOption(ca())
    .addOption(profile())
    .action((options: BotOptions) => actions.bot(options));

  program
    .command('export')
    .description('write drawings as SVG or PNG: files, boards of the profile, or xmpp: addresses')
    .argument('<source...>', 'a file, the id or name of a board, or xmpp:ROOM')
    .requiredOption('-o, --output <file>', 'FILE.svg, FILE.png, FILE.xhtml with --notes, or DIR/ with --to')
    .addOption(new Option('--to <format>', 'the format of files in a folder').choices(['svg', 'png']))
    .option('--scale <n>', 'pixels per user unit, for PNG', scaleOf, 1)
    .option('--outlines', 'text as outlines')
    .option('--plain', 'without anything of Limn')
    .option('--notes', 'the notes beside boards of the profile, as XHTML')
    .option('--jid <address>', 'the account, for xmpp: addresses')
    .addOption(service())
    .addOption(ca())
    .addOption(profile())
    .option('--json', 'a line of JSON per file')
    .action((sources: string[], options: ExportOptions) => actions.export(sources, options));

  program
    .command('validate')
    .description("tell whether an SVG file keeps to SVG's rules; status 1 when it doesn't")
    .argument('<file>', 'an SVG file')
    .option('--json', 'a line of JSON per fault, and one at the end')
    .action((file: string, options: ValidateOptions) => actions.validate(file, options));

  program
    .command('log')
    .description('tell what happened on a board of the profile: a line per stanza of edits')
    .argument('<board>', 'the id or name of a board')
    .option('--since <n>', 'from this index on, counted from 0', indexOf)
    .addOption(new Option('--format <format>', 'for programs: JSON Lines, or XML').choices(['jsonl', 'xml']))
    .option('--json', 'the same as --format jsonl')
    .option('--xml', 'the same as --format xml')
    .option('--node <rid>', 'only what concerns this node')
    .option('--verify', 'replay the log and tell whether it is sound; status 1 when it is not')
    .option(
      '--compact <n>',
      'leave out the edits before this index, for good: the board and its later past stay',
      indexOf,
    )
    .option('--dry-run', 'with --compact: only tell what that would leave out')
    .addOption(profile())
    .action((board: string, options: LogOptions) => actions.log(board, options));

  program
    .command('related')
    .description('list the documents that belong with a board of the profile, add one, or take one off')
    .argument('<board>', 'the id or name of a board')
    .option('--add <address>', 'put this on the list: xmpp:ROOM?join, or an address of the web')
    .option('--title <text>', 'with --add: what it is called')
    .option('--remove <address>', 'take this off the list')
    .addOption(profile())
    .option('--json', 'a line of JSON per document')
    .action((board: string, options: RelatedOptions) => actions.related(board, options));

  // Subcommands made by command() have copied the settings above.
  return program;
}

/** Runs the command line and answers with the exit status: 0, 1 when the work failed, 2 when the words are off. */
export async function runProgram(
  words: readonly string[],
  actions: Actions,
  version: string,
  output: Output = { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
): Promise<number> {
  const program = buildProgram(actions, version, output);
  if (words.length === 0) {
    output.err(program.helpInformation());
    return 2;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.err(`${sentenceOf(error)}\n`);
    return error instanceof CommandFailure ? error.status : 1;
  }
}
