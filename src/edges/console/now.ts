import { openBreakers } from '../../runtime/breakers.ts';
import { suspensions } from '../../runtime/suspensions.ts';
import { rowsOf } from './events.ts';
import { consoleLimits } from './limits.ts';
import type { ConsolePorts } from './ports.ts';
import { runRow } from './runs.ts';
import type { NowView } from './views.ts';

export async function nowView(
  ports: Pick<ConsolePorts, 'store' | 'runtime' | 'sequencer'>,
): Promise<NowView> {
  const { store, runtime } = ports;
  const nowMs = store.nowMs();
  const limit = consoleLimits.runsShown;
  const [open, closing, openCount, closingCount, breakers, suspended, alerts] = await Promise.all([
    store.listRuns({ status: 'open', limit }),
    store.listRuns({ status: 'closing', limit }),
    store.countRuns('open'),
    store.countRuns('closing'),
    openBreakers(store, nowMs),
    suspensions(store),
    store.events({ type: 'alert.raised', newestFirst: true, limit: consoleLimits.alertsShown }),
  ]);
  return {
    nowMs,
    runs: [...open, ...closing]
      .map(runRow)
      .sort((a, b) => b.openedAtMs - a.openedAtMs)
      .slice(0, limit),
    runsOpen: openCount + closingCount,
    holds: runtime.holds.open(),
    breakers,
    suspensions: suspended,
    alerts: rowsOf(
      ports,
      alerts.filter(({ event }) => event.atMs >= nowMs - consoleLimits.alertsMs),
    ),
  };
}
