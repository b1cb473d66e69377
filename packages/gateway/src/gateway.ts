import { CodedError, systemClock, systemRandom } from '@wardmesh/core';
import { SchemaChecker, warmMessages } from '@wardmesh/guard';
import { ROLES } from '@wardmesh/identity';
import { WebSessions } from './api/sessions.ts';
import { assertChecks } from './catalogue/assert-checks.ts';
import { AttachServers } from './catalogue/attach.ts';
import { Catalogue } from './catalogue/catalogue.ts';
import { assertConfig, configError, SecretReader, type WardConfig, watchConfig } from './config/index.ts';
import { ControlServer } from './control/server.ts';
import { ApprovalState } from './front/approval-state.ts';
import { HeldCalls } from './front/held-call.ts';
import { OURSELVES, Relay } from './front/relay.ts';
import { RequestStates } from './front/request-state.ts';
import { FrontServer } from './front/server.ts';
import { Sessions } from './front/sessions.ts';
import { Maintenance } from './home/maintenance.ts';
import { type Home, openHome } from './home/open.ts';
import { pinDocuments } from './home/pin-documents.ts';
import { policyCatalogue } from './home/policies.ts';
import { tlsOf } from './home/tls.ts';
import { makeUpstream, type UpstreamDeps } from './home/upstreams.ts';
import { watchPolicies } from './home/watch-policies.ts';
import type { AuthorizationServer } from './oauth/index.ts';
import type { GatewayOptions } from './options.ts';
import { ownMethods } from './own/index.ts';
import { FlowLabels } from './pipeline/flow-labels.ts';
import { makePipeline } from './pipeline/index.ts';
import { type Beside, NOTHING_BESIDE } from './running/beside.ts';
import { catalogueEvents } from './running/catalogue-events.ts';
import { Journal } from './running/journal.ts';
import { lookAtServers } from './running/look-at-servers.ts';
import { PoliciesInForce } from './running/policies-in-force.ts';
import { readState } from './running/read-state.ts';
import { runsAlike, SettingsInForce } from './running/settings-in-force.ts';
import { openSites } from './running/sites.ts';
import { recordStart, recordStop } from './running/start-and-stop.ts';
import { Tracing } from './running/tracing.ts';
import { UpstreamSignIns } from './running/upstream-sign-ins.ts';
import type { Services } from './services.ts';
import { measuredAudit } from './telemetry/measured-audit.ts';
import { Metrics } from './telemetry/metrics.ts';
import { MetricsSite } from './telemetry/metrics-site.ts';
import { operatorLog } from './telemetry/operator-log.ts';
import { Scraper } from './telemetry/scrape.ts';
import { stateMetrics } from './telemetry/state-metrics.ts';
import { serverTlsOptions, type TlsMaterial } from './tls/index.ts';
import type { Upstream } from './upstream/index.ts';

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
  /** The name under which people sign in: `listen.publicUrl`, or {@link url}. */
  publicUrl = '';
  /** Where the console is, below the address; undefined where it is not served. */
  consolePath: string | undefined;
  readonly journal: Journal;
  /** The operator's sign-ins to servers that take OAuth. */
  readonly signIns: UpstreamSignIns;
  /** Answers scrapes of the metrics. */
  readonly scraper: Scraper;
  readonly #settings: SettingsInForce;
  readonly #policies: PoliciesInForce;
  beside: Beside = NOTHING_BESIDE;
  /** OAuth for MCP clients; there as soon as the gateway listens. */
  oauth: AuthorizationServer | undefined;
  #draining = false;
  readonly #stopping = new AbortController();
  readonly #deps: UpstreamDeps;
  readonly #held = new HeldCalls();
  readonly #people: WebSessions;
  readonly #tracing: Tracing;
  readonly #front: FrontServer;
  readonly #closers: (() => unknown)[] = [];
  #changes: Promise<void> = Promise.resolve();

  private constructor(options: GatewayOptions, home: Home, tls: TlsMaterial | undefined, metrics: Metrics) {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const log = options.log ?? operatorLog({ nodeId: home.nodeId });
    if (home.config.log) log.setLevel?.(home.config.log.level);
    this.home = home;
    this.tls = tls;
    this.startedAt = clock.now();
    const settings = new SettingsInForce(home.config, clock);
    this.#settings = settings;
    const audit = measuredAudit(home.audit, metrics, clock);
    this.journal = new Journal(audit, log);
    const secrets = new SecretReader();
    this.signIns = new UpstreamSignIns({ database: home.database, clock, random, secrets, log, journal: this.journal });
    this.#deps = {
      home: home.paths.home,
      // What ships with the product first: a node_modules planted beside a home must not stand in for it.
      packagesFrom: [...(options.packagesFrom ?? []), home.paths.config],
      clock,
      random,
      log,
      metrics,
      secrets,
      signIns: this.signIns,
    };
    this.catalogue = new Catalogue({
      documents: pinDocuments(home.database),
      clock,
      config: () => settings.config,
      ...(options.shippedPins && { shipped: options.shippedPins }),
      events: {
        ...catalogueEvents({ metrics, log, journal: this.journal }),
        changed: () => {
          this.#policies.reload();
          this.tellToolsChanged();
        },
      },
    });
    this.#policies = new PoliciesInForce({
      folder: () => settings.config.policies,
      catalogue: () => policyCatalogue(this.catalogue, rolesOf(home.agents)),
      onChanged: (version) => {
        this.journal.record('policy.load', { version }, 'success');
        this.tellToolsChanged();
      },
      onRefused: (error) => {
        log.warn('policy.refuse', { code: error.code, reason: error.message });
        this.journal.record('policy.refuse', { reason: error.message }, 'denied');
      },
    });
    this.#tracing = new Tracing({ clock, random, log, metrics, node: home.nodeId, secrets: this.#deps.secrets });
    this.#tracing.use(home.config.traces);
    const services: Services = {
      clock,
      random,
      nodeId: home.nodeId,
      config: () => settings.config,
      policy: () => this.#policies.engine,
      agents: home.agents,
      catalogue: this.catalogue,
      schemas: new SchemaChecker(),
      lockout: home.lockout,
      rates: () => settings.rates,
      concurrency: () => settings.concurrency,
      approvals: home.approvals,
      labels: new FlowLabels(clock, home.config.flow.carry),
      audit,
      metrics,
      log,
      tracer: () => this.#tracing.tracer,
      oauth: () => this.oauth?.gate,
    };
    this.services = services;
    home.audit.gather(() => settings.concurrency.total);
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
      rules: () => settings.rules,
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
        rules: () => settings.rules,
        draining: () => this.#draining,
      },
      {
        host: home.config.listen.host,
        port: options.port ?? home.config.listen.port,
        ...(tls && { tls: serverTlsOptions(tls) }),
      },
    );
    this.#people = new WebSessions(clock, random);
    const collect = stateMetrics(metrics.registry, () => readState(this, () => this.#people.size, options.wallets));
    this.scraper = new Scraper(metrics.registry, collect, clock);
    this.#front.add(new MetricsSite({ services, scraper: this.scraper, pipeline, rules: () => settings.rules }));
  }

  /** @throws CodedError of configuration, home, store, audit, address in use */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const metrics = new Metrics();
    let { log } = options;
    const home = await openHome({
      home: options.home,
      clock,
      random,
      alert: (alert) => {
        metrics.auditAlert(alert.type);
        log?.security(alert.type, { message: alert.message, ...alert.details });
      },
    });
    log ??= operatorLog({ nodeId: home.nodeId });
    try {
      const tls = await tlsOf(home, clock, random);
      const gateway = new Gateway({ ...options, log }, home, tls, metrics);
      try {
        gateway.beside = (await options.beside?.({ home: options.home, config: home.config, log })) ?? NOTHING_BESIDE;
        await gateway.#open(options);
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
    return this.#settings.config;
  }

  /** Why the policies in force are not those in the folder; undefined where they are. */
  get policyProblem(): CodedError | undefined {
    return this.#policies.problem;
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
    await this.#tracing.close();
    // Why the start failed is what is told.
    await this.beside.stop().catch(() => {});
  }

  async #open(options: GatewayOptions): Promise<void> {
    const { home, services } = this;
    for (const [id, settings] of Object.entries(this.config.servers)) {
      assertChecks(id, settings);
      await this.catalogue.put(id, settings, makeUpstream(id, settings, this.#deps));
    }
    this.#policies.reload();
    const port = await this.#front.listen();
    const { host } = this.config.listen;
    const shown = host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
    this.url = `${this.tls ? 'https' : 'http'}://${shown}:${port}`;
    this.publicUrl = this.config.listen.publicUrl ?? this.url;
    home.passkeys.serveAt(this.publicUrl);
    const { oauth, site } = await openSites(this, options, {
      sessions: this.#people,
      rules: () => this.#settings.rules,
    });
    this.oauth = oauth;
    for (const each of [oauth, site]) {
      this.#front.add(each);
      this.#closers.push(() => each.close());
    }
    this.consolePath = options.consoleFolder === undefined ? undefined : '/console/';
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
        () => this.config.policies,
        () => this.#policies.reload(true),
      ),
    );
    const maintenance = new Maintenance(
      home,
      () => this.config,
      this.sessions,
      services.clock,
      services.log,
      services.metrics,
    );
    this.#closers.push(() => maintenance.stop());
    await recordStart(home, this.#policies.engine.version);
    // Looked at right away, so that drift and first sight are known before the first call.
    void this.look();
    // While the servers start: compiling the wire schemas would otherwise slow the first calls by a second.
    warmMessages();
  }

  /** Attaches to every server as ourselves, to see what it offers. */
  look(): Promise<void> {
    return lookAtServers(this.sessions, this.catalogue, this.services.log);
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
    const before = this.config;
    // Whatever can be refused is refused before anything is in force.
    const made = new Map<string, Upstream>();
    for (const [id, settings] of Object.entries(config.servers)) {
      assertChecks(id, settings);
      const known = Object.hasOwn(before.servers, id) ? before.servers[id] : undefined;
      if (known === undefined || !runsAlike(known, settings)) made.set(id, makeUpstream(id, settings, this.#deps));
    }
    this.#settings.replace(config);
    this.#tracing.use(config.traces);
    if (config.log ?? before.log) this.services.log.setLevel?.(config.log?.level ?? 'info');
    for (const id of Object.keys(before.servers)) {
      if (!Object.hasOwn(config.servers, id)) await this.#drop(id);
    }
    for (const [id, settings] of Object.entries(config.servers)) {
      const upstream = made.get(id);
      if (upstream === undefined) this.catalogue.reconfigure(id, settings);
      else {
        if (before.servers[id] !== undefined) await this.#drop(id);
        await this.catalogue.put(id, settings, upstream);
      }
    }
    this.#policies.reload();
    this.journal.record('config.load', { servers: Object.keys(config.servers) }, 'success');
    this.services.log.info('config.load', { servers: Object.keys(config.servers) });
    await this.look();
  }

  async #drop(id: string): Promise<void> {
    const entry = this.catalogue.remove(id);
    this.services.metrics.forget(id);
    for (const session of this.sessions.all()) session.forget(id);
    await entry?.upstream.close();
  }

  #refuse(error: CodedError): void {
    this.services.log.warn('config.refuse', { code: error.code, reason: error.message });
    this.journal.record('config.refuse', { reason: error.message }, 'denied');
  }

  /** Reads configuration and policies again now. @throws CodedError where either is refused */
  async reload(): Promise<void> {
    await this.#change(assertConfig(this.home.paths.config));
    this.#policies.reload(true);
    if (this.policyProblem) throw this.policyProblem;
  }

  /** Tells every session that its list of tools may have changed. */
  tellToolsChanged(): void {
    for (const session of this.sessions?.all() ?? []) {
      session.listener?.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, OURSELVES);
    }
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
    await this.#tracing.close();
    // Last: servers that were working with it have ended.
    await this.beside.stop().catch((error: unknown) => this.services.log.fault('stop', error));
    await recordStop(this.home).catch((error: unknown) => this.services.log.fault('stop', error));
    await this.home.close();
  }
}

export function startGateway(options: GatewayOptions): Promise<Gateway> {
  return Gateway.start(options);
}

function rolesOf(agents: Home['agents']): string[] {
  return [...new Set([...ROLES, ...agents.list().flatMap((agent) => agent.roles)])];
}
