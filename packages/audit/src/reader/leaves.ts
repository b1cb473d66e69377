import { leafOfText } from '../chain/entry.ts';
import type { LogView } from '../log/view.ts';
import { segmentName } from '../storage/names.ts';
import { scanFrames } from '../storage/scan.ts';
import type { OpenSegment } from '../storage/segment.ts';
import type { SegmentExtent } from '../storage/segment-writer.ts';

/** Leaf hashes of a segment's entries, up to the first that is damaged. */
export async function readLeaves(view: LogView, extent: SegmentExtent, segment: OpenSegment): Promise<Uint8Array[]> {
  const bytes = await view.storage.read(segmentName(extent.first), 0, extent.length);
  const leaves: Uint8Array[] = [];
  for (const frame of scanFrames(segment.context, bytes, { offset: segment.start, number: 1, first: extent.first })) {
    const texts = frame.texts();
    if (texts === undefined) break;
    for (const text of texts) leaves.push(leafOfText(text));
  }
  return leaves;
}
