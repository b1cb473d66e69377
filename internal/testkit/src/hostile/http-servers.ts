import { cutAnswer } from './http/cut-answer.ts';
import { endlessStream } from './http/endless-stream.ts';
import { floodingStream } from './http/flooding-stream.ts';
import { headerInjection } from './http/header-injection.ts';
import { redirect } from './http/redirect.ts';
import { wrongContentType } from './http/wrong-content-type.ts';
import type { HostileHttpServer } from './http-server.ts';

/** Every hostile HTTP server. */
export const httpServers: readonly HostileHttpServer[] = [
  endlessStream,
  floodingStream,
  wrongContentType,
  redirect,
  headerInjection,
  cutAnswer,
];
