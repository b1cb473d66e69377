import { VerificationSchedule } from '@wardmesh/audit';
import type { Clock } from '@wardmesh/core';
import type { WardConfig } from '../config/index.ts';
import type { Sessions } from '../front/sessions.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import { backUpTo } from './back-up.ts';
import type { Home } from './open.ts';

const TICK_MS = 15_000;
/** Decided approvals stay listed this long, ms; what was decided stays in the log. */
const KEEP_DECIDED_MS = 30 * 24 * 3_600_000;

/** What a running gateway does beside calls: expiry, idle sessions, scheduled verification and backups. */
export class Maintenance {
  readonly #home: Home;
  readonly #config: () => WardConfig;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #log: OperatorLog;
  readonly #metrics: Metrics;
  readonly #schedule: VerificationSchedule;
  readonly #timer: NodeJS.Timeout;
  #lastBackup: number;
  #running: Promise<void> | undefined;

  constructor(
    home: Home,
    config: () => WardConfig,
    sessions: Sessions,
    clock: Clock,
    log: OperatorLog,
    metrics: Metrics,
  ) {
    this.#home = home;
    this.#config = config;
    this.#sessions = sessions;
    this.#clock = clock;
    this.#log = log;
    this.#metrics = metrics;
    this.#schedule = new VerificationSchedule({
      log: home.audit,
      clock,
      intervalMs: config().audit.verifyEvery,
      alert: (alert) => {
        metrics.auditAlert(alert.type);
        log.security(alert.type, { message: alert.message });
      },
    });
    this.#lastBackup = clock.monotonic();
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  tick(): void {
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#log.fault('maintenance', error))
      .finally(() => {
        this.#running = undefined;
      });
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const now = this.#clock.now();
    this.#metrics.approval('expired', await this.#home.approvals.expire());
    await this.#home.database.nonces.prune(now);
    await this.#home.database.approvals.prune(now - KEEP_DECIDED_MS);
    await this.#sessions.sweep((id) => this.#home.agents.find(id)?.revokedAt !== undefined);
    await this.#schedule.tick();
    const { backup } = this.#config().audit;
    if (backup !== undefined && this.#clock.monotonic() - this.#lastBackup >= backup.every) {
      this.#lastBackup = this.#clock.monotonic();
      this.#log.info('audit.backup', { ...(await backUpTo(this.#home, backup.to)) });
    }
  }
}
