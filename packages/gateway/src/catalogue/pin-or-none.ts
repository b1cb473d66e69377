import { type ToolDefinition, toolPin } from '@wardmesh/guard';

/** The pin of a tool as offered; `none`, which no review holds, where it has no canonical form. */
export function pinOrNone(tool: ToolDefinition): string {
  try {
    return toolPin(tool);
  } catch {
    return 'none';
  }
}
