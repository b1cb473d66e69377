import type { Clock, Random } from '@wardmesh/core';
import { fillTemplate, type SecretReader, type TraceSettings } from '../config/index.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import { SpanExporter } from '../telemetry/trace/exporter.ts';
import { Tracer } from '../telemetry/trace/tracer.ts';
import { VERSION } from '../version.ts';

export interface TracingParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: OperatorLog;
  readonly metrics: Metrics;
  readonly node: string;
  readonly secrets: SecretReader;
}

/** The tracer of the configuration in force; none where it names no collector. */
export class Tracing {
  readonly #parts: TracingParts;
  #settings: TraceSettings | undefined;
  #exporter: SpanExporter | undefined;
  tracer: Tracer | undefined;

  constructor(parts: TracingParts) {
    this.#parts = parts;
  }

  use(settings: TraceSettings | undefined): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    void this.#exporter?.close();
    this.#settings = settings;
    this.#exporter = settings && this.#makeExporter(settings);
    const { clock, random } = this.#parts;
    this.tracer =
      settings && this.#exporter && new Tracer({ clock, random, sample: settings.sample, sink: this.#exporter });
  }

  close(): Promise<void> {
    return this.#exporter?.close() ?? Promise.resolve();
  }

  #makeExporter({ endpoint, headers }: TraceSettings): SpanExporter {
    const { log, metrics, node, secrets } = this.#parts;
    return new SpanExporter({
      endpoint,
      headers: () =>
        Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [
            name,
            fillTemplate(value.template, secrets.read(value.from).reveal()),
          ]),
        ),
      resource: { node, version: VERSION },
      metrics,
      log,
    });
  }
}
