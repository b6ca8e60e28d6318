/** What the name of a value says of it, before anybody looks at the value. */
export type NameStrength = 'password' | 'secret' | 'key' | 'vendor';

/** Words of names that hold secrets. One that is part of another word is judged with the whole name. */
const words: Readonly<Record<NameStrength, string>> = {
  password: 'passw contraseña senha passphrase pwd motdepasse _pass pgpass 密码 пароль',
  secret: `secret token apikey api_key api-key accesskey access_key access-key privatekey private_key private-key authkey
    auth_key auth-key credential signingkey signing_key encryptionkey encryption_key encryption-key masterkey master_key
    sharedaccesskey accountkey bearer session_key license_key access_id accessid`,
  key: 'key auth creds access pat sid .login signature salt',
  vendor: `adafruit adobe airtable algolia alibaba asana atlassian auth0 beamer bitbucket bittrex braintree circleci clickhouse
    cloudant cloudflare codecov coinbase cohere confluent consul contentful datadog deepseek discord dockerhub droneci dropbox
    easypost etsy fastly figma finicity finnhub flickr flutterwave freshbooks github gitlab gitter gocardless heroku hubspot
    intercom jfrog jira kraken kucoin launchdarkly linear linkedin lob looker mailchimp mailgun mapbox mattermost meraki
    messagebird netlify newrelic new-relic new_relic notion nytimes okta openai openweather pagerduty plaid postmark privateai
    pusher rapidapi sendbird sendgrid sentry shodan slack snyk softlayer sonar square squarespace stripe sumo sumologic telegram travis
    trello twilio twitch twitter typeform vault yandex zendesk zoho`,
};

export const nameWords: readonly (readonly [literal: string, strength: NameStrength])[] =
  strengths().flatMap((strength) =>
    words[strength].split(/\s+/).map((word) => [word, strength] as const),
  );

function strengths(): readonly NameStrength[] {
  return ['password', 'secret', 'key', 'vendor'];
}

/** Names that say that what they hold may be known, or that it is no key at all. */
const harmless =
  /public|pub_?key|publishable|fingerprint|thumbprint|sha-?[0-9]|md5|etag|hash|checksum|integrity|digest|commit|revision|csrf|xsrf|authenticity|nonce|page_?token|next_?token|nexttoken|continuation|cursor|sync_?token|primary_?key|foreign_?key|sort_?key|cache_?key|partition_?key|idempotency|dedup|object_?key|s3_?key|row_?key|group_?key|routing_?key|translation|i18n|locale|shortcut|hotkey|keyboard|keycode|keyword|keyframe|keystore|keychain|keyring|keyspace|keynote|key_?(?:id|name|path|file|type|size|length|ref|vault|url|uri|arn|alias)|monkey|donkey|turkey|hockey|jockey|whiskey|tokeniz|token_?(?:type|uri|url|endpoint|id|name|expir|count|limit|file|path|lifetime|ttl|usage)|tokens|author(?!iz)|authority|secret_?(?:name|id|arn|ref|path|file|version)|password_?(?:file|path|hash|policy|length|field|reset|hint|salt)|passed|passing|passenger|passage|passive|passport|compass|bypass|accessib|accessor|accessed|patch|path|pattern|patient|side|inside|sidebar|consid|resid|issue|access_?(?:type|level|log|time|mode|control)|auth_?(?:type|mode|method|url|uri|endpoint|provider|state|user)|(?:^|(?<!access)[._-])id$|_?url$|_?uri$|_?email$/i;

export function isHarmlessName(name: string): boolean {
  return harmless.test(name);
}

/** Vendors whose keys are UUIDs; elsewhere a UUID is an id. */
const uuidKeys =
  /heroku|messagebird|postmark|snyk|plaid|twitter|hubspot|cloudant|okta|confluent|gitter|mailersend|new.?relic|sendbird|pagerduty|bitbucket|onesignal/i;

export function mayHoldUuid(name: string): boolean {
  return uuidKeys.test(name);
}
