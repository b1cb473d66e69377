import type { Clock } from '@wardmesh/core';
import { Concurrency, RateLimits } from '@wardmesh/limits';
import type { WardConfig } from '../config/index.ts';
import type { TransportRules } from '../pipeline/transport.ts';

/** The configuration that applies to the next call, and what is made from it. */
export class SettingsInForce {
  readonly #clock: Clock;
  config: WardConfig;
  rates: RateLimits;
  concurrency: Concurrency;
  rules: TransportRules;

  constructor(config: WardConfig, clock: Clock) {
    this.#clock = clock;
    this.config = config;
    this.rates = new RateLimits({ tiers: config.limits.tiers, clock });
    this.concurrency = concurrencyOf(config);
    this.rules = rulesOf(config);
  }

  /** Limits that did not change keep their counts: a reload is no way to a fresh bucket. */
  replace(config: WardConfig): void {
    const before = this.config.limits;
    const { tiers, concurrency, queue } = config.limits;
    this.config = config;
    if (!isAlike(tiers, before.tiers)) this.rates = new RateLimits({ tiers, clock: this.#clock });
    if (concurrency !== before.concurrency || queue !== before.queue) this.concurrency = concurrencyOf(config);
    this.rules = rulesOf(config);
  }
}

/** Whether two settings of a server run the same process or connection; the rest applies without a restart. */
export function runsAlike(a: WardConfig['servers'][string], b: WardConfig['servers'][string]): boolean {
  const running = ({ tools: _t, labels: _l, asks: _a, pins: _p, timeout: _o, ...rest }: typeof a) => rest;
  return isAlike(running(a), running(b));
}

/** Both come from the same schema, which fixes the order of members. */
function isAlike(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function concurrencyOf(config: WardConfig): Concurrency {
  return new Concurrency({ max: config.limits.concurrency, queue: config.limits.queue });
}

function rulesOf(config: WardConfig): TransportRules {
  const { host, allowedHosts, allowedOrigins, publicUrl } = config.listen;
  const names = ['localhost', '127.0.0.1', '[::1]', host.includes(':') ? `[${host}]` : host, ...allowedHosts];
  if (publicUrl !== undefined) names.push(new URL(publicUrl).host);
  return {
    allowedHosts: new Set(names.map((name) => name.toLowerCase())),
    allowedOrigins: new Set(allowedOrigins.map((origin) => origin.toLowerCase())),
  };
}
