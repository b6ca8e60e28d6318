/**
 * English words that are long and yet say nothing about a text: two letters that have nothing to do with each other share
 * five of them. A person's or a project's name, and what a matter is about, are never here.
 */
import { hashNext, mixed } from './hash.ts';

const commonWords = `
ability absolutely accordingly achieve actually addition additional address advance afternoon against already
although altogether amazing another answers anything anywhere appreciate approach appropriate approximately
arrange arranged arrangement assistance attached attachment attachments attending attention available because
becomes becoming beginning believe benefit besides between brought business calendar certain certainly changes
chapter clearly colleague colleagues collect combine comment comments communication company complete completed
completely concern concerning concerns conclusion confirm confirmation confirmed connect consider considered
contact contains content contents continue contribute convenience convenient conversation correct correctly
current currently customer customers deadline december decided decision default delivery department depending
describe described description details develop development different difficult directly discuss discussed
discussing discussion document documents earlier earliest efforts eighteen encourage english enjoying ensuring
especially essential evening everybody everyone everything exactly example excellent excited exciting expected
experience explain explained express extremely factors familiar favorite favourite feature features february
feedback feeling fifteen finally finished following follows forward fourteen friends further furthermore
general generally getting greetings happening happens helpful herself highlight himself hopefully however
hundred immediate immediately important improve improved include included includes including increase
increased indicate individual information initial initially instead interest interested interesting internal
introduce introduction invitation invited involved january keeping language largest learned leaving letting
looking machine maintain majority managed management manager maximum meaning meanwhile meeting meetings
members mention mentioned message messages minimum minutes missing morning multiple natural necessary neither
network nineteen nothing noticed november numbers obvious obviously occasion october offered opening opinion
opportunity options ordinary organisation organization organize original otherwise outcome outside overall
overview package partner partners perfect perhaps personal personally planned planning pleased pleasure
popular position possible possibly practice prepare prepared present presentation presented previous
previously primary probably problem problems process processed produce product products program progress
project projects properly provide provided provides providing purpose quality quarter quarterly question
questions quickly reached reading realize realized reasons receive received recently recommend recommendation
recommendations recommended reference regarding regards relevant remember reminder replied reports request
requested requests require required requirements respond response responsible results returned reviewed
reviewing saturday schedule scheduled seconds section selected separate september service services seventeen
several sharing shortly similar sincerely situation sixteen solution somebody someone something sometimes
somewhere special specific specifically starting statement strategy subject success successful successfully
suggest suggested suggestion suggestions summary support supposed surprise systems talking teammates thanking
themselves therefore thinking thirteen thirteenth thought thoughts thousand through throughout thursday
together tomorrow tonight totally towards traditional transfer tuesday twentieth understand understanding
unfortunately unlikely upcoming updated updates updating usually various version visited visiting waiting
walking wanting website wednesday weekend weekends welcome whatever whenever whereas whether without wonderful
wondering working written yesterday yourself yourselves
`;

/** By its hash in `scan`. */
export function isCommonWord(hash: number): boolean {
  return mayBeCommon[hash & placeMask] === 1 && hashes.has(hash);
}

const hashes: ReadonlySet<number> = new Set(
  commonWords
    .trim()
    .split(/\s+/)
    .map((word) => {
      let hash = 0;
      for (let at = 0; at < word.length; at += 1) hash = hashNext(hash, word.charCodeAt(at));
      return mixed(hash);
    }),
);

/** Most words are none, and are told sooner by this. */
const placeMask = 0x3fff;
const mayBeCommon = new Uint8Array(placeMask + 1);
for (const hash of hashes) mayBeCommon[hash & placeMask] = 1;
