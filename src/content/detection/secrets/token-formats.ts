import type { SecretType } from './secret-types.ts';

/**
 * How vendors write the credentials that they give out: a prefix that they publish so that scanners know it, and what
 * follows. From their documentation. What a vendor calls public (publishable keys, account ids) isn't here.
 */
export interface TokenFormat {
  readonly type: SecretType;
  readonly prefix: string;
  /** Of what follows the prefix; every repetition is bounded. */
  readonly body: RegExp;
}

type Row = readonly [type: SecretType, prefixes: string, body: RegExp];

const hex = (length: number) => new RegExp(`[0-9a-f]{${length}}`, 'iy');
const letters = (least: number, most = least) => new RegExp(`[A-Za-z0-9]{${least},${most}}`, 'y');
const wide = (least: number, most = least) => new RegExp(`[A-Za-z0-9_-]{${least},${most}}`, 'y');
const base64 = (least: number, most = least) =>
  new RegExp(`[A-Za-z0-9+/_-]{${least},${most}}={0,2}`, 'y');
/** GitLab's: nothing that could be more of it comes behind, but for what says where it is routed. */
const routable = (least: number, most = least) =>
  new RegExp(
    `[A-Za-z0-9_-]{${least},${most}}(?![A-Za-z0-9_-])(?:\\.[0-9a-z]{2}\\.[0-9a-z]{7,9})?`,
    'y',
  );
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy;

const clouds: readonly Row[] = [
  ['aws_access_key', 'AKIA ASIA ABIA ACCA', /[A-Z0-9]{16}/y],
  ['aws_bedrock_key', 'ABSK', /[A-Za-z0-9+/]{100,260}={0,2}/y],
  ['aws_bedrock_key', 'bedrock-api-key-', base64(40, 1500)],
  ['gcp_api_key', 'AIza', wide(35)],
  ['gcp_client_secret', 'GOCSPX-', wide(28)],
  ['gcp_access_token', 'ya29.', wide(20, 1500)],
  ['gcp_refresh_token', '1//0', wide(40, 200)],
  ['alibaba_access_key', 'LTAI', letters(16, 26)],
  ['digitalocean_token', 'dop_v1_ doo_v1_ dor_v1_', hex(64)],
  ['cloudflare_origin_key', 'v1.0-', /[0-9a-f]{24}-[0-9a-f]{146}/y],
  [
    'fly_token',
    'FlyV1 fm1_|FlyV1 fm2_|FlyV1 fm1r_|FlyV1 fm1a_',
    /[A-Za-z0-9+/]{80,1500}={0,2}(?:,fm[0-9][a-z]?_[A-Za-z0-9+/]{80,1500}={0,2}){0,4}/y,
  ],
  ['fly_token', 'fo1_', wide(43)],
  [
    'heroku_key',
    'HRKU-',
    /(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|AA[A-Za-z0-9_-]{30,80})/y,
  ],
  ['yandex_token', 'AQVN', wide(35, 38)],
  ['yandex_token', 't1.', /[A-Z0-9a-z_-]{1,200}={0,2}\.[A-Z0-9a-z_-]{86}={0,2}/y],
  ['yandex_token', 'YC', /[A-Za-z0-9_-]{38}/y],
  ['scalingo_token', 'tk-us-', wide(48)],
  ['netlify_token', 'nfp_ nfc_ nfo_ nfu_', letters(36, 40)],
  ['render_key', 'rnd_', letters(28, 40)],
  ['supabase_token', 'sbp_', hex(40)],
  ['supabase_token', 'sb_secret_', wide(22, 60)],
  ['vercel_token', 'vercel_blob_rw_', /[A-Za-z0-9]{10,24}_[A-Za-z0-9]{20,40}/y],
  ['planetscale_token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', /[A-Za-z0-9_=.-]{32,64}/y],
  ['clickhouse_key', '4b1d', letters(38)],
  ['databricks_token', 'dapi', /[0-9a-f]{32}(?:-[0-9])?/y],
  ['openshift_token', 'sha256~', wide(43)],
  ['tailscale_key', 'tskey-', /[a-z]{2,12}-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{16,50}/y],
];

const code: readonly Row[] = [
  ['github_token', 'ghp_ gho_ ghu_ ghs_ ghr_', letters(36, 255)],
  ['github_token', 'github_pat_', /[A-Za-z0-9_]{36,255}/y],
  ['gitlab_token', 'glpat- gldt- glrt- glrtr- glft- glsoat- glffct- glwt-', routable(20, 50)],
  ['gitlab_token', 'glcbt- GR1348941', routable(20, 60)],
  ['gitlab_token', 'glimt-', routable(25, 50)],
  ['gitlab_token', 'glptt-', routable(40)],
  ['gitlab_token', 'glagent-', routable(50, 1000)],
  ['gitlab_token', 'gloas-', routable(64)],
  ['bitbucket_token', 'ATBB', letters(32)],
  ['atlassian_token', 'ATATT3 ATCTT3', /[A-Za-z0-9_=-]{120,240}/y],
  ['npm_token', 'npm_', letters(36)],
  ['pypi_token', 'pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZ', wide(40, 1000)],
  ['rubygems_key', 'rubygems_', hex(48)],
  ['clojars_token', 'CLOJARS_', /[a-z0-9]{60}/iy],
  ['crates_token', 'cio', letters(32)],
  ['nuget_key', 'oy2', /[a-z0-9]{43}/y],
  ['packagist_token', 'packagist_ort_ packagist_uut_ packagist_oot_', hex(68)],
  ['docker_token', 'dckr_pat_ dckr_oat_', wide(27, 36)],
  ['buildkite_token', 'bkua_', hex(40)],
  ['circleci_token', 'CCIPAT_ CCIPRJ_', /[A-Za-z0-9]{20,24}_[0-9a-f]{40}/y],
  ['sonar_token', 'squ_ sqp_ sqa_', hex(40)],
  ['sourcegraph_token', 'sgp_', /(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}/iy],
  ['sourcegraph_token', 'slk_', hex(64)],
  ['jfrog_key', 'AKCp', letters(60, 80)],
  ['jfrog_token', 'cmVmdGtu', letters(50, 64)],
  ['pulumi_token', 'pul-', hex(40)],
  ['infracost_key', 'ico-', letters(32)],
  ['vault_token', 'hvs. hvb. hvr.', wide(24, 300)],
  ['vault_token', 's.', /(?=[A-Za-z0-9]{0,23}[0-9])(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}/y],
  ['doppler_token', 'dp.', /(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,60}/y],
  ['openai_key', 'sk-', /[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}/y],
  ['harness_token', 'pat. sat.', /[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}/y],
  ['octopus_key', 'API-', /[A-Z0-9]{26}/y],
  ['prefect_key', 'pnu_ pnb_', letters(36)],
  ['readme_key', 'rdme_', /[a-z0-9]{70}/y],
  ['postman_key', 'PMAK-', /[0-9a-f]{24}-[0-9a-f]{34}/iy],
  ['dynatrace_token', 'dt0c01. dt0s01. dt0s16.', /[A-Z0-9]{24}\.[A-Z0-9]{64}/iy],
  ['grafana_token', 'glc_', /[A-Za-z0-9+/]{32,400}={0,3}/y],
  ['grafana_token', 'glsa_', /[A-Za-z0-9]{32}_[0-9a-f]{8}/iy],
  ['grafana_token', 'eyJrIjoi', /[A-Za-z0-9]{60,400}={0,3}/y],
  ['newrelic_key', 'NRAK-', /[A-Z0-9]{27}/iy],
  ['newrelic_key', 'NRII- NRIQ- NRRA-', wide(32)],
  ['newrelic_key', 'NRJS-', hex(19)],
  ['sentry_token', 'sntrys_', /eyJ[A-Za-z0-9+/=_-]{60,600}/y],
  ['sentry_token', 'sntryu_', hex(64)],
  ['launchdarkly_key', 'api- sdk-', uuid],
];

const models: readonly Row[] = [
  ['anthropic_key', 'sk-ant-', /(?:api|admin|oat|sid)[0-9]{2}-[A-Za-z0-9_-]{80,120}AA/y],
  ['openrouter_key', 'sk-or-v1-', hex(64)],
  ['langfuse_key', 'sk-lf-', uuid],
  ['deepseek_key', 'sk-', /[0-9a-f]{32}/y],
  ['elevenlabs_key', 'sk_', hex(48)],
  ['huggingface_token', 'hf_ api_org_', letters(34, 40)],
  ['groq_key', 'gsk_', letters(52)],
  ['xai_key', 'xai-', letters(70, 90)],
  ['replicate_token', 'r8_', letters(37)],
  ['perplexity_key', 'pplx-', letters(40, 60)],
  ['nvidia_key', 'nvapi-', wide(60, 72)],
  ['langsmith_key', 'lsv2_pt_ lsv2_sk_', /[0-9a-f]{32}_[0-9a-f]{10}/y],
  ['pinecone_key', 'pcsk_', /[A-Za-z0-9_]{40,90}/y],
  ['tavily_key', 'tvly-', wide(32, 60)],
];

const messages: readonly Row[] = [
  [
    'slack_token',
    'xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc-',
    /(?:[0-9]{1,14}-){1,4}[A-Za-z0-9]{8,128}/y,
  ],
  ['slack_token', 'xoxe.xoxp- xoxe.xoxb- xoxe-', /[0-9]-[A-Za-z0-9]{100,300}/iy],
  ['slack_token', 'xoxd-', /[A-Za-z0-9%+/]{60,400}={0,2}/y],
  ['slack_token', 'xapp-', /[0-9]-[A-Z0-9]{6,20}-[0-9]{8,16}-[a-z0-9]{32,80}/iy],
  ['slack_webhook', 'hooks.slack.com/', /(?:services|workflows|triggers)\/[A-Za-z0-9+/]{30,80}/y],
  [
    'discord_webhook',
    'discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    /[0-9]{15,20}\/[A-Za-z0-9_-]{40,100}/y,
  ],
  [
    'teams_webhook',
    '.webhook.office.com/',
    /webhookb2\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-z]{32}\/[0-9a-f-]{36}/iy,
  ],
  ['zapier_webhook', 'hooks.zapier.com/', /hooks\/catch\/[0-9]{4,12}\/[A-Za-z0-9]{6,12}/y],
  ['twilio_key', 'SK', /[0-9a-f]{32}/y],
  ['sendgrid_key', 'SG.', /[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_=-]{39,50}/y],
  ['sendinblue_key', 'xkeysib- xsmtpsib-', /[0-9a-f]{64}-[A-Za-z0-9]{16}/y],
  ['mailgun_key', 'key-', hex(32)],
  ['facebook_token', 'EAAM EAAC EAAB EAAG EAAE EAAD EAAF', letters(60, 400)],
];

const commerce: readonly Row[] = [
  ['stripe_key', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', letters(10, 99)],
  ['stripe_webhook_secret', 'whsec_', /[A-Za-z0-9+/]{24,64}={0,2}/y],
  ['square_token', 'EAAA', wide(56, 64)],
  ['square_token', 'sq0atp- sq0csp-', wide(22, 60)],
  ['shopify_token', 'shpat_ shpca_ shppa_ shpss_ shpua_', hex(32)],
  ['paypal_token', 'access_token$production$', /[0-9a-z]{16}\$[0-9a-f]{32}/y],
  ['razorpay_key', 'rzp_live_', letters(14)],
  ['flutterwave_key', 'FLWSECK_TEST- FLWSECK-', /[A-Za-z0-9]{12,40}(?:-X)?/y],
  ['gocardless_token', 'live_', /[A-Za-z0-9_=-]{40}/y],
  ['lob_key', 'live_ test_', hex(35)],
  ['plaid_token', 'access-sandbox- access-development- access-production-', uuid],
  ['easypost_key', 'EZAK EZTK', letters(54)],
  ['shippo_token', 'shippo_live_ shippo_test_', hex(40)],
  ['duffel_token', 'duffel_live_ duffel_test_', /[A-Za-z0-9_=-]{43}/y],
  ['airtable_token', 'pat', /[A-Za-z0-9]{14}\.[0-9a-f]{64}/y],
  ['asana_token', '1/ 0/ 2/', /[0-9]{13,17}(?:\/[0-9]{13,17})?:[0-9a-f]{32}/y],
  ['linear_key', 'lin_api_ lin_oauth_', letters(32, 64)],
  ['notion_token', 'ntn_', /[0-9]{11}[A-Za-z0-9]{35}/y],
  ['notion_token', 'secret_', letters(43)],
  ['figma_token', 'figd_ figdh_', wide(36, 64)],
  ['contentful_token', 'CFPAT-', wide(43)],
  ['typeform_token', 'tfp_', /[A-Za-z0-9_.=-]{44,59}/y],
  ['hubspot_token', 'pat-na1- pat-na2- pat-eu1-', uuid],
  ['adobe_secret', 'p8e-', /[a-z0-9]{32}/iy],
  ['frameio_token', 'fio-u-', /[A-Za-z0-9_=-]{64}/y],
  ['settlemint_token', 'sm_aat_ sm_pat_ sm_sat_', letters(16)],
  ['intra42_secret', 's-s4t2ud- s-s4t2af-', hex(64)],
  ['dropbox_token', 'sl.', wide(80, 1500)],
  ['mapbox_token', 'sk.eyJ', /[A-Za-z0-9_-]{30,200}\.[A-Za-z0-9_-]{20,40}/y],
  ['zoho_token', '1000.', /[0-9a-f]{32}\.[0-9a-f]{32}/y],
  ['defined_key', 'dnkey-', /[a-z0-9=_-]{26}-[a-z0-9=_-]{52}/iy],
  [
    '1password_key',
    'A3-',
    /[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}/y,
  ],
  ['1password_token', 'ops_eyJ', /[A-Za-z0-9+/_-]{150,3000}={0,3}/y],
  ['age_key', 'AGE-SECRET-KEY-1', /[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/y],
];

/** A prefix with a blank in it is written between bars. */
export const tokenFormats: readonly TokenFormat[] = [
  ...clouds,
  ...code,
  ...models,
  ...messages,
  ...commerce,
].flatMap(([type, prefixes, body]) =>
  prefixes.split(prefixes.includes('|') ? '|' : ' ').map((prefix) => ({ type, prefix, body })),
);
