import { startProsody } from '#test/support/prosody.ts';
import { roomTransportSuite } from './room-transport-suite.ts';

roomTransportSuite({
  occupantIds: true,
  start: () => startProsody(),
  startWithoutRooms: () => startProsody({ noRoomCreation: true }),
});
