import { type CodedError, isJsonObject, type JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { type CallOutcome, callTool } from '../endpoint/call-tool.ts';
import { type EndpointOptions, findEndpoint } from '../endpoint/endpoint.ts';
import { cliError, usage } from '../error.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-code.ts';
import { note, print } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { parseInput, readStdin } from '../read-input.ts';

interface Options extends Pick<EndpointOptions, 'as' | 'tokenFile'> {
  readonly wait?: boolean;
  readonly approval?: string;
}

export async function call(context: Context, options: Options, target = '', json = '{}'): Promise<ExitCode> {
  const { server, tool } = parseTarget(target);
  const args = parseInput(json === '-' ? await readStdin(context) : json, 'the arguments');
  if (!isJsonObject(args)) throw cliError('INPUT_INVALID', 'the arguments must be a JSON object');
  const endpoint = await findEndpoint(context, options);
  const progress = new Progress(context);
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.once('SIGINT', interrupt);
  try {
    const outcome = await callTool(endpoint, {
      server,
      tool,
      arguments: args,
      wait: options.wait === true,
      ...(options.approval !== undefined && { approval: options.approval }),
      signal: abort.signal,
      onProgress: (text) => progress.update(text),
    });
    progress.clear();
    return 'error' in outcome ? refused(context, target, outcome.error) : succeeded(context, outcome);
  } catch (error) {
    progress.clear();
    if (abort.signal.aborted) throw cliError('INTERRUPTED', 'interrupted; the call was cancelled');
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** The first dot ends the server's id, which has none. */
function parseTarget(target: string): { server: string; tool: string } {
  const match = /^([a-z][a-z0-9-]{0,31})\.(.{1,128})$/.exec(target);
  if (match === null)
    throw usage('name the tool as SERVER.TOOL', 'For example everything.echo; ward servers list shows the servers.');
  return { server: match[1]!, tool: match[2]! };
}

function succeeded(context: Context, outcome: Extract<CallOutcome, { result: JsonObject }>): ExitCode {
  const { result, receipt } = outcome;
  const failed = result.isError === true;
  print(context, { result, ...(receipt !== undefined && { receipt }) }, contentLines(result));
  if (receipt !== undefined) note(context, `receipt ${receipt}`);
  if (failed) note(context, 'the tool reported an error');
  return failed ? EXIT.failed : EXIT.ok;
}

/** What a person reads: texts as they are, structured content as JSON, anything else by its kind and size. */
function contentLines(result: JsonObject): string[] {
  const content = Array.isArray(result.content) ? result.content.filter(isJsonObject) : [];
  const lines = content.map((item) => {
    if (item.type === 'text') return String(item.text);
    const data = typeof item.data === 'string' ? `, ${item.data.length} characters of base64` : '';
    return item.type === 'resource' || item.type === 'resource_link'
      ? JSON.stringify(item)
      : `[${String(item.type)} ${String(item.mimeType ?? '')}${data}]`;
  });
  if (lines.length === 0 && result.structuredContent !== undefined)
    return [JSON.stringify(result.structuredContent, null, 2)];
  return lines;
}

function refused(context: Context, target: string, error: CodedError): ExitCode {
  const { approvalId, receipt, expiresAt } = error.details;
  if (typeof approvalId !== 'string' || error.code !== 'APPROVAL_REQUIRED') throw error;
  const again = `ward call ${target} … --approval ${approvalId}`;
  const body = {
    ...error.toJSON(),
    approvalId,
    ...(receipt !== undefined && { receipt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  if (context.json) context.stderr.write(`${JSON.stringify(body)}\n`);
  else {
    note(
      context,
      [
        `ward: ${error.message} (${error.code})`,
        `      approval ${approvalId}`,
        `      Look at it and approve it: ward approvals approve ${approvalId}`,
        `      Then send the same call:   ${again}`,
      ].join('\n'),
    );
  }
  return exitCodeOf(error);
}
