import { reviewEnvironment } from '../cel-review.ts';
import { defaults, policyLimits } from '../defaults.ts';
import type { Agent, ContentRules, DetectorDeclaration, OutboundReview } from '../model.ts';
import type { Report } from '../report.ts';
import type { ContentSyntax, DetectorSyntax } from '../shape/content.ts';
import type { OutboundSyntax } from '../shape/outbound.ts';
import type { Located } from '../shape/shape.ts';
import { compileExpression } from './cel.ts';
import type { Compilation } from './context.ts';
import { compilePostUrl } from './webhook.ts';

export function compileContent(
  syntax: ContentSyntax | undefined,
  agents: readonly Agent[],
  compilation: Compilation,
): ContentRules {
  const { injection, pii, secrets, results, outbound, detector } = syntax ?? {};
  const otherwise = defaults.content;
  return {
    injection: {
      at: injection?.at?.value ?? otherwise.injection.at,
      response: injection?.response?.value ?? otherwise.injection.response,
    },
    pii:
      pii?.redact === undefined
        ? otherwise.pii
        : {
            redact: valuesOf(pii.redact.value),
            in: valuesOf(pii.in?.value) ?? new Set(defaults.piiPlaces),
          },
    secrets: {
      response: secrets?.response?.value ?? otherwise.secrets.response,
      in: valuesOf(secrets?.in?.value) ?? otherwise.secrets.in,
    },
    results: {
      maxBytes: results?.maxBytes?.value ?? otherwise.results.maxBytes,
      frame: results?.frame?.value ?? otherwise.results.frame,
      links: results?.links?.value ?? otherwise.results.links,
    },
    outbound:
      outbound === undefined
        ? otherwise.outbound
        : compileOutbound(outbound, detector !== undefined, agents, compilation),
    detector:
      detector === undefined ? otherwise.detector : compileDetector(detector, compilation.report),
  };
}

function valuesOf<T>(entries: readonly Located<T>[]): ReadonlySet<T>;
function valuesOf<T>(entries: readonly Located<T>[] | undefined): ReadonlySet<T> | undefined;
function valuesOf<T>(entries: readonly Located<T>[] | undefined): ReadonlySet<T> | undefined {
  return entries && new Set(entries.map(({ value }) => value));
}

// ---- what leaves -----------------------------------------------------------------------------------------------

function compileOutbound(
  syntax: OutboundSyntax,
  hasDetector: boolean,
  agents: readonly Agent[],
  compilation: Compilation,
): OutboundReview {
  const textsOf = (entries: readonly Located<string>[] | undefined): readonly string[] | null =>
    entries?.map(({ value }) => value) ?? null;
  const markers = textsOf(syntax.markers?.value);
  const tone = textsOf(syntax.tone?.value);
  const attachments = valuesOf(syntax.attachments?.value) ?? null;
  return {
    position: syntax.position,
    at: syntax.at?.value ?? defaults.outbound.at,
    response: syntax.response?.value ?? defaults.outbound.response,
    markers: markers ?? [],
    tone: tone ?? [],
    attachments,
    rules: compileRules(syntax, agents, compilation, {
      markers,
      tone,
      attachments: attachments !== null,
      model: hasDetector,
    }),
  };
}

function compileRules(
  { rules }: OutboundSyntax,
  agents: readonly Agent[],
  { tools, brokenUpstreams, report }: Compilation,
  looks: Parameters<typeof reviewEnvironment>[2],
): OutboundReview['rules'] {
  // Of a tool that couldn't be used nobody knows what its calls have: its own error comes first.
  if (rules === undefined || brokenUpstreams.size > 0) return [];
  const leaving = [...tools.values()].filter(({ reach }) => reach === 'external');
  const actions = new Set(leaving.map(({ upstream, action }) => `${upstream}.${action}`));
  const environment = reviewEnvironment(
    leaving,
    agents.filter(({ permissions }) => [...permissions.keys()].some((one) => actions.has(one))),
    looks,
  );
  return rules.value.flatMap(({ position, if: condition, response }) => {
    const program = compileExpression(condition, environment, report);
    return program === null ? [] : [{ position, program, response: response.value }];
  });
}

// ---- a model ---------------------------------------------------------------------------------------------------

function compileDetector(
  { url: written, timeout, credential }: DetectorSyntax,
  report: Report,
): DetectorDeclaration | null {
  const url = written === undefined ? null : compilePostUrl(written, 'credential', report);
  const { detectorTimeoutMsMin: min, detectorTimeoutMsMax: max } = policyLimits;
  if (timeout !== undefined && (timeout.value < min || timeout.value > max)) {
    report.error(
      'policy.value',
      timeout.at,
      'every call that it looks at waits as long as this when it is down',
      { expected: `from ${min}ms to ${max / 1_000}s` },
    );
  }
  const from = credential?.from?.value;
  if (url === null) return null;
  return {
    url,
    timeoutMs: timeout?.value ?? defaults.detectorTimeoutMs,
    credential: from === undefined ? null : { from },
  };
}
