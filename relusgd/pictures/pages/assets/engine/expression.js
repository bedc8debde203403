// Expressions in x such as sin(6*x) + abs(x - 0.3), read by precedence; no text can run code. They
// mean what they mean in a config.

const MOST_CHARACTERS = 1000;
const MOST_TOKENS = 200;
const MOST_LEVELS = 30;

/** Whether a table has a name of its own. */
const has = (table, name) => Object.prototype.hasOwnProperty.call(table, name);

const notANumber = (value) => Number.isNaN(value);
const heaviside = (z) => (notANumber(z) ? NaN : Number(z >= 0));
const remainder = (a, b) => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};

/** The nearest whole number, of two the even one. */
function roundToEven(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** name → [number of arguments, function]. */
const FUNCTIONS = {
  sin: [1, Math.sin],
  cos: [1, Math.cos],
  tan: [1, Math.tan],
  asin: [1, Math.asin],
  acos: [1, Math.acos],
  atan: [1, Math.atan],
  sinh: [1, Math.sinh],
  cosh: [1, Math.cosh],
  tanh: [1, Math.tanh],
  exp: [1, Math.exp],
  log: [1, Math.log],
  log2: [1, Math.log2],
  log10: [1, Math.log10],
  sqrt: [1, Math.sqrt],
  abs: [1, Math.abs],
  sign: [1, Math.sign],
  floor: [1, Math.floor],
  ceil: [1, Math.ceil],
  round: [1, roundToEven],
  relu: [1, (z) => Math.max(z, 0)],
  step: [1, heaviside],
  min: [2, Math.min],
  max: [2, Math.max],
  where: [3, (condition, yes, no) => (condition !== 0 ? yes : no)],
};
const CONSTANTS = { pi: Math.PI, e: Math.E };

const COMPARED = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};
const ADDED = { "+": (a, b) => a + b, "-": (a, b) => a - b };
const MULTIPLIED = {
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": remainder,
};

/** The function of x that a text means. Throws an Error whose message is for the reader. */
function parsedExpression(text) {
  if (text.length > MOST_CHARACTERS)
    throw new Error(`an expression has at most ${wholeText(MOST_CHARACTERS)} characters`);
  const tokens = tokensOf(text);
  if (!tokens.length) throw new Error("write a function of x, such as sin(6*x)");
  if (tokens.length > MOST_TOKENS)
    throw new Error(`an expression has at most ${MOST_TOKENS} numbers, names and signs`);
  return new ExpressionReader(tokens).whole();
}

/** A blank, a number, a name or a sign. */
const TOKEN = [
  String.raw`\s+`,
  String.raw`((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
  String.raw`([A-Za-z_]\w*)`,
  String.raw`(\*\*|\/\/|<=|>=|==|!=|[-+*/%<>(),])`,
].join("|");

function tokensOf(text) {
  const pattern = new RegExp(TOKEN, "y");
  const tokens = [];
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found)
      throw new Error(`${JSON.stringify(text[at])} cannot be used; ${adviceOn(text[at])}`);
    const [, number, name, sign] = found;
    if (number) tokens.push({ number: Number(number), text: number });
    else if (name || sign) tokens.push({ name, sign, text: name || sign });
  }
  return tokens;
}

function adviceOn(character) {
  if (character === "^") return "powers are written with **";
  if (character === "=") return "equality is written with ==";
  return "write numbers, x, pi, e, functions and + - * / ** ( )";
}

/** Reads tokens by recursive descent; every rule gives a function of x. */
class ExpressionReader {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
    this.level = 0;
  }

  get next() {
    return this.tokens[this.at];
  }

  whole() {
    const value = this.comparison();
    if (this.next) throw new Error(`a sign is missing before ${JSON.stringify(this.next.text)}`);
    return value;
  }

  /** Whether the next token is this sign, which is then taken. */
  takes(sign) {
    if (!this.next || this.next.sign !== sign) return false;
    this.at += 1;
    return true;
  }

  /** The operation of the next sign if it is one of these, which is then taken. */
  operation(signs) {
    const sign = this.next && this.next.sign;
    if (!sign || !has(signs, sign)) return null;
    this.at += 1;
    return signs[sign];
  }

  /** One level deeper, for as long as a rule takes. */
  deeper(rule) {
    this.level += 1;
    if (this.level > MOST_LEVELS)
      throw new Error(`brackets and operations are nested more than ${MOST_LEVELS} deep`);
    const value = rule();
    this.level -= 1;
    return value;
  }

  /** a < b <= c: 1 where all of it holds, else 0. */
  comparison() {
    const operands = [this.chain(ADDED, () => this.product())];
    const signs = [];
    for (let sign = this.operation(COMPARED); sign; sign = this.operation(COMPARED)) {
      signs.push(sign);
      operands.push(this.chain(ADDED, () => this.product()));
    }
    if (!signs.length) return operands[0];
    return (x) => Number(signs.every((holds, i) => holds(operands[i](x), operands[i + 1](x))));
  }

  product() {
    return this.chain(MULTIPLIED, () => this.signed());
  }

  /** Operands with signs between them, read from left to right. */
  chain(signs, operand) {
    let value = operand();
    for (let act = this.operation(signs); act; act = this.operation(signs)) {
      const left = value;
      const right = operand();
      const operate = act;
      value = (x) => operate(left(x), right(x));
    }
    return value;
  }

  signed() {
    if (this.takes("+")) return this.deeper(() => this.signed());
    if (!this.takes("-")) return this.power();
    const value = this.deeper(() => this.signed());
    return (x) => -value(x);
  }

  /** Powers bind from the right, and tighter than a sign before them. */
  power() {
    const base = this.operand();
    if (!this.takes("**")) return base;
    const exponent = this.deeper(() => this.signed());
    return (x) => base(x) ** exponent(x);
  }

  operand() {
    const token = this.next;
    if (!token) throw new Error("something is missing at the end");
    this.at += 1;
    if (token.number !== undefined) return () => token.number;
    if (token.name) return this.named(token.name);
    if (token.sign !== "(") throw new Error(`a number or x is missing before ${token.text}`);
    const value = this.deeper(() => this.comparison());
    this.close();
    return value;
  }

  close() {
    if (!this.takes(")")) throw new Error("a bracket is never closed");
  }

  named(name) {
    if (name === "x") return (x) => x;
    if (has(CONSTANTS, name)) return () => CONSTANTS[name];
    if (!has(FUNCTIONS, name))
      throw new Error(`${JSON.stringify(name.slice(0, 40))} is not known; the variable is x`);
    const [count, act] = FUNCTIONS[name];
    if (!this.takes("(")) throw new Error(`${name} needs brackets: ${name}(x)`);
    const values = this.deeper(() => this.argumentsOfCall());
    if (values.length !== count)
      throw new Error(`${name} takes ${count} argument${count > 1 ? "s" : ""}`);
    return (x) => act(...values.map((value) => value(x)));
  }

  argumentsOfCall() {
    const values = [this.comparison()];
    while (this.takes(",")) values.push(this.comparison());
    this.close();
    return values;
  }
}
