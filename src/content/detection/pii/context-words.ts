import { Literals } from '../literals.ts';

/** What the words around a number say that it is. `other`: something that is none of ours. */
export type Context = 'card' | 'ssn' | 'phone' | 'contact' | 'network' | 'version' | 'other';

/** Spelt in two lists, a word means what the first of them says. */
const words: readonly (readonly [Context, string])[] = [
  [
    'card',
    `card, cards, cardnumber, creditcard, debitcard, credit, debit, cc, ccn, pan, visa, mastercard, master card, amex,
    american express, maestro, diners, discover, jcb, unionpay, rupay, karte, kreditkarte, kartennummer, carte, tarjeta, carta,
    cartão, cartao, kaart, kort, karta, карта, карты, карту, картой, カード, 卡号, 信用卡, 银行卡, cvv, cvc, expiry`,
  ],
  [
    'ssn',
    `ssn, social security, social-security, socialsecurity, social sec, soc sec, ss number, social insurance, taxpayer, tax id,
    tin, seguro social`,
  ],
  [
    'phone',
    `phone, phones, phonenumber, telephone, tel, mobile, mob, cell, cellphone, cellular, fax, telefax, landline, hotline,
    voicemail, sms, whatsapp, signal, viber, telefon, telefonnummer, handy, handynummer, rufnummer, mobil, téléphone, telephone,
    portable, numéro, teléfono, telefono, móvil, movil, celular, cellulare, telefone, telemóvel, telefoon, puhelin, puhelinnumero,
    телефон, тел, телефона, мобильный, 电话, 手机, 電話, 携帯, 전화, هاتف`,
  ],
  [
    'contact',
    `call, calls, called, calling, dial, dialed, ring, reach, reached, contact, contacted, answer, answering, answered,
    message, messages, text, texting, texted, texts, number, numbers, nummer, appeler, llamar, chiamare, anrufen`,
  ],
  [
    'network',
    `ip, ips, ipv4, ipv6, inet, host, hosts, hostname, server, servers, client, remote, ping, pinged, dns, nameserver,
    gateway, subnet, netmask, cidr, router, firewall, proxy, network, whois, traceroute, ssh, telnet, curl, listen, listening, connect,
    connected, connection, login, logged, blocked, peer, forwarded`,
  ],
  [
    'version',
    `version, versions, ver, v, release, releases, released, build, firmware, revision, rev, section, sections, chapter,
    clause, article, figure, fig, table, rule, step, paragraph, oid, kernel, sdk, update, upgrade, upgraded, patch, npm, pip`,
  ],
  [
    'other',
    `id, ids, uid, uuid, guid, order, invoice, tracking, ticket, case, ref, reference, transaction, timestamp, ts, serial,
    sku, isbn, issn, doi, ean, upc, imei, account, acct, iban, bic, date, dated, time, born, birth, dob, zip, zipcode, postcode,
    postal, address, amount, total, price, eur, usd, gbp, bytes, size, population, height, width, latitude, longitude, hash,
    checksum, commit, rechnung, bestellung, pid, port, line, lines, code, pin, customer, member, policy, license, licence,
    passport, vin, room, flight, confirmation, booking, reservation, quantity, qty, row, column, page, pages, year, since`,
  ],
];

const literals = new Literals<Context>(
  words.flatMap(([context, list]) =>
    list.split(',').map((word): [string, Context] => [word.trim(), context]),
  ),
);

/** `account number`, `card_number`: whose number it is says the word before. */
const numberWord = /^(?:numbers?|nummer)$/i;

interface Word {
  readonly start: number;
  readonly end: number;
  readonly context: Context;
}

/** The words of a text that say what a number near them is: found in one pass, asked for each number. */
export class ContextWords {
  readonly #text: string;
  readonly #words: Word[] = [];

  constructor(text: string) {
    this.#text = text;
    literals.scan(text, (start, end, context) => {
      if (!standsAlone(text, start, end)) return;
      // `telephone`: of two that end together the longer says more, and comes first.
      const last = this.#words.at(-1);
      if (last !== undefined && last.end === end && last.start <= start) return;
      if (
        last !== undefined &&
        /^[ _-]?$/.test(text.slice(last.end, start)) &&
        numberWord.test(text.slice(start, end))
      )
        this.#words[this.#words.length - 1] = { ...last, end };
      else this.#words.push({ start, end, context });
    });
  }

  /** Whether a word of this context ends at most `reach` units before a place. */
  isBefore(at: number, reach: number, context: Context): boolean {
    for (let index = this.#lastBefore(at); index >= 0; index -= 1) {
      const word = this.#words[index];
      if (word === undefined || at - word.end > reach) return false;
      if (word.context === context) return true;
    }
    return false;
  }

  /** Whether a word of this context begins at most `reach` units behind a place. */
  isAfter(at: number, reach: number, context: Context): boolean {
    for (let index = this.#lastBefore(at) + 1; index < this.#words.length; index += 1) {
      const word = this.#words[index];
      if (word === undefined || word.start - at > reach) return false;
      if (word.context === context && word.start >= at) return true;
    }
    return false;
  }

  /**
   * The nearest word before a place, if it is near: what a number is called comes right before it. Words of networks are
   * passed over; they stand in any text.
   */
  nearestBefore(at: number, reach: number): Word | null {
    for (let index = this.#lastBefore(at); index >= 0; index -= 1) {
      const word = this.#words[index];
      if (word === undefined || at - word.end > reach) return null;
      if (word.context !== 'network') return word;
    }
    return null;
  }

  /** The same, of the line that the place is in: what another line says makes a number no less of a finding. */
  nameBefore(at: number, reach: number): Word | null {
    const word = this.nearestBefore(at, reach);
    return word === null || this.#text.slice(word.end, at).includes('\n') ? null : word;
  }

  #lastBefore(at: number): number {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#words[middle]?.end ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** A word by itself, or in a name like `creditCard` or `card_number`; not the one in `discard`. */
function standsAlone(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) > 0x2ff) return true;
  const first = text.charAt(start);
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  const humpBefore = isCapital(first) && isSmall(before);
  const humpAfter = isCapital(after) && isSmall(text.charAt(end - 1));
  return (humpBefore || !isLetter(before)) && (humpAfter || !isLetter(after));
}

function isSmall(character: string): boolean {
  return character >= 'a' && character <= 'z';
}

function isCapital(character: string): boolean {
  return character >= 'A' && character <= 'Z';
}

function isLetter(character: string): boolean {
  const unit = character.charCodeAt(0);
  return (
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0xc0 && unit < 0x530)
  );
}
