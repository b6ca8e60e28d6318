import type { Finding } from '../../decision.ts';
import { finding, type Inquiry } from './inquiry.ts';

/** `flow.external: deny` or `hold`: after the first untrusted result nothing goes out, wherever it would go. */
export function external(inquiry: Inquiry): readonly Finding[] {
  const { flow, outbound, untrusted, context } = inquiry;
  if (!outbound || !untrusted || (flow.external !== 'deny' && flow.external !== 'hold')) return [];
  const { outside } = context.run;
  return [
    finding(flow.external, 'flow.external', inquiry, {
      why:
        outside.length > 0
          ? 'the agent has tools or context beside Sallyport'
          : 'the run has received untrusted data',
      ...(outside.length > 0 ? { outside: outside.slice(0, 10) } : {}),
    }),
  ];
}
