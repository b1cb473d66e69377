import { createRequire } from 'node:module';
import { ROOT } from '../paths.ts';

interface CycloneDxLibrary {
  readonly Validation: {
    readonly JsonStrictValidator: new (version: string) => { validate(json: string): Promise<object | null> };
  };
}

/**
 * What the CycloneDX schema of `version` has against a document; null where it is valid. The tool's own `--validate`
 * leaves validation out where a part of it is missing; this rejects then.
 */
export function validateBom(json: string, version: string): Promise<object | null> {
  // The library belongs to the tool, which is the direct dependency; it is looked up from there.
  const requireOfTool = createRequire(`${ROOT}/node_modules/@cyclonedx/cyclonedx-npm/package.json`);
  const { Validation } = requireOfTool('@cyclonedx/cyclonedx-library') as CycloneDxLibrary;
  return new Validation.JsonStrictValidator(version).validate(json);
}
