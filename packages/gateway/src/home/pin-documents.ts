import type { Database } from '@wardmesh/store';
import type { PinDocuments } from '../catalogue/catalogue.ts';

/** Reviews and offers of the catalogue in the home's database: reviews in a table of their own, the rest as documents. */
export function pinDocuments(database: Database): PinDocuments {
  const server = (key: string) => (key.startsWith('pins/') ? key.slice('pins/'.length) : undefined);
  return {
    load(key) {
      const reviewed = server(key);
      return reviewed === undefined ? database.documents.get(key) : database.pins.load(reviewed);
    },
    save(key, value) {
      return server(key) === undefined
        ? database.documents.put(key, value as never)
        : database.pins.save(value as never);
    },
  };
}
