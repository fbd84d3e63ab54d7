/** The page's entry: reach main, show the window. */
import './styles.ts';
import { connectApi } from '#api/connect.ts';
import { ApiError } from '#api/errors.ts';
import { createBoard } from './board/create-board.ts';
import { showConnectFailed } from './ui/connect-failed.ts';
import { mount } from './ui/mount.tsx';

const element = document.getElementById('root');
if (!element) throw new RangeError('index.html has no #root');

try {
  mount(element, await connectApi(), createBoard);
} catch (error) {
  showConnectFailed(element, error instanceof ApiError ? error.message : undefined);
}
