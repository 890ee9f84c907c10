// What is sent with a question, and whether it sounds like danger.
import { words } from "./words.js";

const MOST_TURNS = 50; // with the question: what was asked already is not offered again, and danger may have been told of
const MOST_BYTES = 31_000; // of all turns as JSON: the server reads 32 KB
const HALF = 15_000; // letters of a larger question, at its beginning and at its end
const LONGEST_TURN = 1000; // letters of a question that is sent with a later one

const size = (text) => new TextEncoder().encode(JSON.stringify(text)).length + 1;
const plain = (text) => text.toLowerCase().replace(/['’]/g, "").replace(/\s+/g, " ");
const whole = (text) => text.replace(/\p{Cs}/gu, " "); // no halves of letters, which a cut may leave

/** Where the first of the plainest urgent phrases stands in a text, about; -1 if there is none. */
export const urgentAt = (text) => plain(text).search(words.phrases);

/** A question of any length as it is sent: what is larger than the server reads loses its middle. */
function fitting(question) {
  let sent = question;
  for (let half = HALF; size(sent) > MOST_BYTES; half *= 0.9) {
    sent = whole(`${question.slice(0, half)} … ${question.slice(-half)}`);
  }
  return sent;
}

/** The turns that are sent, oldest first: the question, and of those before it as many as there is room for. */
export function turnsWith(earlier, question) {
  const turns = [fitting(question)];
  let room = MOST_BYTES - size(turns[0]);
  for (const turn of earlier.slice(1 - MOST_TURNS).reverse()) {
    const start = Math.max(0, urgentAt(turn) - LONGEST_TURN / 2);
    const kept = turn.length > LONGEST_TURN ? whole(turn.slice(start, start + LONGEST_TURN)) : turn;
    room -= size(kept);
    if (room >= 0) turns.unshift(kept);
  }
  return turns;
}
