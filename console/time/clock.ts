/** The gateway's time, for what is left until an expiry: a reader's clock may be wrong by minutes. */
import { useEffect, useState } from 'preact/hooks';

let aheadMs = 0;

export function setGatewayNow(nowMs: number): void {
  aheadMs = nowMs - Date.now();
}

function gatewayNowMs(): number {
  return Date.now() + aheadMs;
}

const tickers = new Set<() => void>();
let timer = 0;

function tickAll(): void {
  for (const ticker of tickers) ticker();
}

function tickWith(ticker: () => void): () => void {
  if (tickers.size === 0) timer = window.setInterval(tickAll, 1_000);
  tickers.add(ticker);
  return () => {
    tickers.delete(ticker);
    if (tickers.size === 0) clearInterval(timer);
  };
}

/** Every second anew: one timer for all that is shown. */
export function useGatewayNow(): number {
  const [nowMs, setNowMs] = useState(gatewayNowMs);
  useEffect(() => tickWith(() => setNowMs(gatewayNowMs())), []);
  return nowMs;
}
