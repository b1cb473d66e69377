import { type Clock, CodedError, type Random, systemClock, systemRandom } from '@wardmesh/core';
import { SchemaChecker, warmMessages } from '@wardmesh/guard';
import { Concurrency, RateLimits } from '@wardmesh/limits';
import type { PolicyEngine } from '@wardmesh/policy';
import { assertChecks } from './catalogue/assert-checks.ts';
import { AttachServers } from './catalogue/attach.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { configError, SecretReader, type WardConfig, watchConfig } from './config/index.ts';
import { ControlServer } from './control/server.ts';
import { ApprovalState } from './front/approval-state.ts';
import { HeldCalls } from './front/held-call.ts';
import { OURSELVES, Relay } from './front/relay.ts';
import { RequestStates } from './front/request-state.ts';
import { FrontServer } from './front/server.ts';
import { Sessions } from './front/sessions.ts';
import { tlsFiles } from './home/create.ts';
import { Maintenance } from './home/maintenance.ts';
import { type Home, openHome } from './home/open.ts';
import { denyAll, loadPolicies, policyCatalogue } from './home/policies.ts';
import { makeUpstream, type UpstreamDeps } from './home/upstreams.ts';
import { watchPolicies } from './home/watch-policies.ts';
import { ownMethods } from './own/index.ts';
import { FlowLabels } from './pipeline/flow-labels.ts';
import { makePipeline } from './pipeline/index.ts';
import type { TransportRules } from './pipeline/transport.ts';
import { LATEST_SESSION } from './protocol/revision.ts';
import type { Services } from './services.ts';
import { Metrics } from './telemetry/metrics.ts';
import { type OperatorLog, operatorLog } from './telemetry/operator-log.ts';
import { reasonOf } from './telemetry/reason.ts';
import { ensureTlsMaterial, serverTlsOptions, type TlsMaterial } from './tls/index.ts';
import type { Upstream } from './upstream/index.ts';

export interface GatewayOptions {
  readonly home: string;
  /** In the place of `listen.port`. */
  readonly port?: number;
  /** Folders whose node_modules is searched for servers named by package, beside the home. */
  readonly packagesFrom?: readonly string[];
  /** Reviews of tools that ship with the product, by package name. */
  readonly shippedPins?: Readonly<Record<string, unknown>>;
  readonly log?: OperatorLog;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Measures each layer; costs a little. */
  readonly trace?: boolean;
}

/** Time that calls in flight have to end when the gateway stops, ms. */
const DRAIN_MS = 35_000;

/** A running gateway. */
export class Gateway {
  readonly home: Home;
  readonly services: Services;
  readonly catalogue: Catalogue;
  readonly startedAt: number;
  readonly tls: TlsMaterial | undefined;
  readonly sessions: Sessions;
  url = '';
  #config: WardConfig;
  #policy: PolicyEngine;
  #policyProblem: CodedError | undefined;
  #rates: RateLimits;
  #concurrency: Concurrency;
  #rules: TransportRules = { allowedHosts: new Set(), allowedOrigins: new Set() };
  #draining = false;
  readonly #stopping = new AbortController();
  readonly #deps: UpstreamDeps;
  readonly #held = new HeldCalls();
  readonly #front: FrontServer;
  readonly #closers: (() => unknown)[] = [];
  #changes: Promise<void> = Promise.resolve();

  private constructor(options: GatewayOptions, home: Home, tls: TlsMaterial | undefined) {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const log = options.log ?? operatorLog({ nodeId: home.nodeId });
    this.home = home;
    this.tls = tls;
    this.startedAt = clock.now();
    this.#config = home.config;
    this.#rates = new RateLimits({ tiers: home.config.limits.tiers, clock });
    this.#concurrency = concurrencyOf(home.config);
    this.#deps = {
      home: home.paths.home,
      // What ships with the product first: a node_modules planted beside a home must not stand in for it.
      packagesFrom: [...(options.packagesFrom ?? []), home.paths.config],
      clock,
      random,
      log,
      secrets: new SecretReader(),
    };
    const metrics = new Metrics();
    this.catalogue = new Catalogue({
      documents: {
        load: (key) =>
          key.startsWith('pins/') ? home.database.pins.load(key.slice(5)) : home.database.documents.get(key),
        save: (key, value) =>
          key.startsWith('pins/')
            ? home.database.pins.save(value as never)
            : home.database.documents.put(key, value as never),
      },
      clock,
      config: () => this.#config,
      ...(options.shippedPins && { shipped: options.shippedPins }),
      events: {
        drift: (server, comparison) => {
          metrics.drift(server);
          log.security('server.drift', { server, quarantined: comparison.quarantined });
          this.record('server.drift', { server, quarantined: comparison.quarantined }, 'denied');
        },
        pinned: (server, by, names) => this.record('server.pin', { server, by, tools: names.length }, 'success'),
        shadowing: (findings) => log.security('server.shadowing', { findings }),
        changed: () => {
          this.#reloadPolicies();
          this.tellToolsChanged();
        },
      },
    });
    this.#policy = denyAll(this.#policyCatalogue());
    const services: Services = {
      clock,
      random,
      nodeId: home.nodeId,
      config: () => this.#config,
      policy: () => this.#policy,
      agents: home.agents,
      catalogue: this.catalogue,
      schemas: new SchemaChecker(),
      lockout: home.lockout,
      rates: () => this.#rates,
      concurrency: () => this.#concurrency,
      approvals: home.approvals,
      labels: new FlowLabels(clock, home.config.flow.carry),
      audit: home.audit,
      metrics,
      log,
    };
    this.services = services;
    const attach = new AttachServers(this.catalogue, clock);
    this.sessions = new Sessions((server, attachment) => attach.attach(server, attachment), clock, random);
    const states = new RequestStates(home.keys.requestState, clock, random, {
      spend: (nonce, expiresAt) => home.database.nonces.use(nonce, expiresAt, clock.now()),
    });
    const relay = new Relay(services);
    const pipeline = makePipeline({
      services,
      sessions: this.sessions,
      approvalState: new ApprovalState(states),
      rules: () => this.#rules,
      own: ownMethods(services),
      stopping: this.#stopping.signal,
      trace: options.trace ?? false,
    });
    this.#front = new FrontServer(
      {
        services,
        pipeline,
        sessions: this.sessions,
        relay,
        states,
        held: this.#held,
        rules: () => this.#rules,
        draining: () => this.#draining,
      },
      {
        host: home.config.listen.host,
        port: options.port ?? home.config.listen.port,
        ...(tls && { tls: serverTlsOptions(tls) }),
      },
    );
  }

  /** @throws CodedError of configuration, home, store, audit, address in use */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const home = await openHome({
      home: options.home,
      clock,
      random,
      alert: (alert) => options.log?.security(alert.type, { message: alert.message, ...alert.details }),
    });
    try {
      const { listen } = home.config;
      const tls = listen.insecureLoopback
        ? undefined
        : await ensureTlsMaterial({
            folder: home.paths.tls,
            hosts: [listen.host, ...listen.allowedHosts],
            clock,
            random,
            files: tlsFiles,
          });
      const gateway = new Gateway(options, home, tls);
      try {
        await gateway.#open();
      } catch (error) {
        await gateway.#abandon();
        throw error;
      }
      return gateway;
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  get config(): WardConfig {
    return this.#config;
  }

  /** Why the policies in force are not those in the folder; undefined where they are. */
  get policyProblem(): CodedError | undefined {
    return this.#policyProblem;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Gives up a start that failed half way: nothing listens, watches or runs on. */
  async #abandon(): Promise<void> {
    this.#draining = true;
    await this.#front.close(0);
    for (const closer of this.#closers.splice(0).reverse()) await closer();
    await this.sessions.closeAll();
    await Promise.allSettled(this.catalogue.servers().map((entry) => entry.upstream.close()));
  }

  async #open(): Promise<void> {
    const { home, services } = this;
    for (const [id, settings] of Object.entries(this.#config.servers)) {
      assertChecks(id, settings);
      await this.catalogue.put(id, settings, makeUpstream(id, settings, this.#deps));
    }
    this.#reloadPolicies();
    const port = await this.#front.listen();
    const { host } = this.#config.listen;
    const shown = host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    this.url = `${this.tls ? 'https' : 'http'}://${shown}:${port}`;
    this.#rules = rulesOf(this.#config);
    const control = new ControlServer(this, home.paths.controlSocket);
    await control.listen();
    this.#closers.push(() => control.close());
    const watch = watchConfig(
      home.paths.config,
      services.clock,
      (config) => void this.reconfigure(config),
      (problems) => this.#refuse(configError(home.paths.config, problems)),
    );
    this.#closers.push(() => watch.close());
    this.#closers.push(
      watchPolicies(
        () => this.#config.policies,
        () => this.#reloadPolicies(true),
      ),
    );
    const maintenance = new Maintenance(home, () => this.#config, this.sessions, services.clock, services.log);
    this.#closers.push(() => maintenance.stop());
    const { recovery } = home;
    await home.audit.append({
      eventType: 'system.start',
      toolName: 'gateway',
      correlationId: 'start',
      actor: { type: 'system' },
      operation: {
        name: 'start',
        parameters: {
          state: await home.database.head(),
          policy: this.#policy.version,
          recovered: { closedIntents: recovery.closedIntents.length, droppedBytes: recovery.droppedBytes },
        },
        result: 'success',
      },
    });
    // Looked at right away, so that drift and first sight are known before the first call.
    void this.look();
    // While the servers start: compiling the wire schemas would otherwise slow the first calls by a second.
    warmMessages();
  }

  /** Attaches to every server as ourselves, to see what it offers. */
  async look(): Promise<void> {
    const session = this.sessions.open(
      { id: 'wardmesh', roles: [] },
      { kind: 'aggregate' },
      LATEST_SESSION,
      DISCOVERY_CAPABILITIES,
    );
    await Promise.allSettled(
      this.catalogue.servers().map(async ({ id }) => {
        try {
          const attached = await session.channel(id);
          await attached.fresh();
        } catch (error) {
          this.services.log.warn('server.unavailable', { server: id, ...reasonOf(error) });
        }
      }),
    );
    await this.sessions.end(session);
  }

  /** Puts a new configuration into force: servers come, go and change; limits and rules apply to the next call. */
  reconfigure(config: WardConfig): Promise<void> {
    return this.#change(config).catch(() => {});
  }

  /** One change after the other. @throws CodedError where it is refused, which was told and recorded by then */
  #change(config: WardConfig): Promise<void> {
    const applied = this.#changes.then(() => this.#apply(config));
    const told = applied.catch((error: unknown) => {
      const coded = error instanceof CodedError ? error : new CodedError('CONFIG_INVALID', String(error));
      this.#refuse(coded);
      throw coded;
    });
    this.#changes = told.catch(() => {});
    return told;
  }

  async #apply(config: WardConfig): Promise<void> {
    const before = this.#config;
    // Whatever can be refused is refused before anything is in force.
    const made = new Map<string, Upstream>();
    for (const [id, settings] of Object.entries(config.servers)) {
      assertChecks(id, settings);
      const known = before.servers[id];
      if (known === undefined || !runsAlike(known, settings)) made.set(id, makeUpstream(id, settings, this.#deps));
    }
    this.#config = config;
    // Limits that did not change keep their counts: a reload is no way to a fresh bucket.
    const { tiers, concurrency, queue } = config.limits;
    if (!isAlike(tiers, before.limits.tiers)) this.#rates = new RateLimits({ tiers, clock: this.services.clock });
    if (concurrency !== before.limits.concurrency || queue !== before.limits.queue)
      this.#concurrency = concurrencyOf(config);
    this.#rules = rulesOf(config);
    for (const id of Object.keys(before.servers)) {
      if (config.servers[id] === undefined) await this.#drop(id);
    }
    for (const [id, settings] of Object.entries(config.servers)) {
      const upstream = made.get(id);
      if (upstream === undefined) this.catalogue.reconfigure(id, settings);
      else {
        if (before.servers[id] !== undefined) await this.#drop(id);
        await this.catalogue.put(id, settings, upstream);
      }
    }
    this.#reloadPolicies();
    this.record('config.load', { servers: Object.keys(config.servers) }, 'success');
    this.services.log.info('config.load', { servers: Object.keys(config.servers) });
    await this.look();
  }

  async #drop(id: string): Promise<void> {
    const entry = this.catalogue.remove(id);
    for (const session of this.sessions.all()) session.forget(id);
    await entry?.upstream.close();
  }

  #refuse(error: CodedError): void {
    this.services.log.warn('config.refuse', { code: error.code, reason: error.message });
    this.record('config.refuse', { reason: error.message }, 'denied');
  }

  #policyCatalogue() {
    const roles = new Set(['agent', ...this.home.agents.list().flatMap((agent) => agent.roles)]);
    return policyCatalogue(this.catalogue, [...roles]);
  }

  /** Reads the policies again. Broken ones are refused and the old ones stay; at start, none means nothing is permitted. */
  #reloadPolicies(record = false): void {
    try {
      const next = loadPolicies(this.#config.policies, this.#policyCatalogue());
      const changed = next.version !== this.#policy.version;
      this.#policy = next;
      this.#policyProblem = undefined;
      if (record && changed) {
        this.record('policy.load', { version: next.version }, 'success');
        this.tellToolsChanged();
      }
    } catch (error) {
      const coded = error instanceof CodedError ? error : new CodedError('POLICY_INVALID', String(error));
      if (this.#policyProblem?.message !== coded.message) {
        this.services.log.warn('policy.refuse', { code: coded.code, reason: coded.message });
        this.record('policy.refuse', { reason: coded.message }, 'denied');
      }
      this.#policyProblem = coded;
    }
  }

  /** Reads configuration and policies again now. @throws CodedError where either is refused */
  async reload(): Promise<void> {
    const { assertConfig } = await import('./config/index.ts');
    await this.#change(assertConfig(this.home.paths.config));
    this.#reloadPolicies(true);
    if (this.#policyProblem) throw this.#policyProblem;
  }

  /** Tells every session that its list of tools may have changed. */
  tellToolsChanged(): void {
    for (const session of this.sessions?.all() ?? []) {
      session.listener?.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, OURSELVES);
    }
  }

  /** An entry about the gateway itself; a log that fails is told of by its own alert. */
  record(
    eventType:
      | 'server.drift'
      | 'server.pin'
      | 'config.load'
      | 'config.refuse'
      | 'policy.load'
      | 'policy.refuse'
      | 'agent.add'
      | 'agent.revoke'
      | 'approval.approve'
      | 'approval.deny',
    parameters: Readonly<Record<string, unknown>>,
    result: 'success' | 'denied',
    actor: 'user' | 'system' = 'system',
  ): void {
    this.home.audit
      .append({
        eventType,
        toolName: 'gateway',
        correlationId: eventType,
        actor: { type: actor },
        operation: { name: eventType, parameters, result },
      })
      .catch((error: unknown) => this.services.log.fault(eventType, error));
  }

  /** Stops: no new calls, those in flight end (at most 35 s), children are really gone, the log is closed. */
  async stop(onProgress?: (left: number) => void, drainMs = DRAIN_MS): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#stopping.abort(new CodedError('SHUTTING_DOWN', 'the gateway is shutting down', { retryAfter: 5 }));
    this.#held.closeAll();
    await this.#front.close(drainMs, onProgress);
    for (const closer of this.#closers.splice(0).reverse()) await closer();
    await this.#changes;
    await this.sessions.closeAll();
    await Promise.allSettled(this.catalogue.servers().map((entry) => entry.upstream.close()));
    await this.home.audit
      .append({
        eventType: 'system.stop',
        toolName: 'gateway',
        correlationId: 'stop',
        actor: { type: 'system' },
        operation: { name: 'stop', parameters: { state: await this.home.database.head() }, result: 'success' },
      })
      .catch((error: unknown) => this.services.log.fault('stop', error));
    await this.home.close();
  }
}

/** Declared when we look at a server ourselves: all of it, so that tools which depend on a capability are seen. */
const DISCOVERY_CAPABILITIES = { sampling: {}, elicitation: {}, roots: { listChanged: true } };

export function startGateway(options: GatewayOptions): Promise<Gateway> {
  return Gateway.start(options);
}

function concurrencyOf(config: WardConfig): Concurrency {
  return new Concurrency({ max: config.limits.concurrency, queue: config.limits.queue });
}

function rulesOf(config: WardConfig): TransportRules {
  const { host, allowedHosts, allowedOrigins } = config.listen;
  const names = ['localhost', '127.0.0.1', '[::1]', host.includes(':') ? `[${host}]` : host, ...allowedHosts];
  return {
    allowedHosts: new Set(names.map((name) => name.toLowerCase())),
    allowedOrigins: new Set(allowedOrigins.map((origin) => origin.toLowerCase())),
  };
}

/** Whether two settings of a server run the same process or connection; the rest applies without a restart. */
function runsAlike(a: WardConfig['servers'][string], b: WardConfig['servers'][string]): boolean {
  const running = ({ tools: _t, labels: _l, asks: _a, pins: _p, timeout: _o, ...rest }: typeof a) => rest;
  return isAlike(running(a), running(b));
}

/** Both come from the same schema, which fixes the order of members. */
function isAlike(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
