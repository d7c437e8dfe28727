// SPDX-License-Identifier: MIT
//
// The blocks of docs/api.md, from the declarations that src/index.ts exports: the signature and the errors of each
// function, the members of each interface and class, the definition of each other type.
import path from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import { root } from '../lib/bundle.mjs';
import { meaningOf } from './meanings.mjs';
import { code, fenced, sentence, splitDefault, table } from './page.mjs';

function programOf(entry) {
  const file = path.join(root, 'tsconfig.build.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, path.dirname(file));
  return ts.createProgram([entry], { ...options, noEmit: true });
}

/** Text of a doc comment as Markdown: links are names, and error codes are code. */
const markdown = (text) =>
  text
    .replace(/\{@link (\S+?)\s*\}/g, '`$1`')
    .replace(/(?<!`)\bERR_\w+/g, '`$&`')
    .replace(/\s+/g, ' ')
    .trim();

const docOf = (symbol, checker) => markdown(ts.displayPartsToString(symbol.getDocumentationComment(checker)));

const tagsOf = (symbol, name) =>
  symbol
    .getJsDocTags()
    .filter((tag) => tag.name === name)
    .map((tag) =>
      markdown(
        ts
          .displayPartsToString(tag.text)
          .replace(/^\{TrafficError\}\s*/, '')
          .replace(/^\{(\w+)\}/, '`$1`'),
      ),
    );

/** Tests pass the machine that is looked at; a caller does not. */
const isForTests = (parameter) => parameter.type?.getText() === 'Host';

function parameterText(parameter, checker) {
  const { name, type, questionToken, initializer } = parameter;
  // A parameter that is taken apart at once has no name.
  const called = ts.isIdentifier(name) ? name.text : 'options';
  const inferred = checker.typeToString(checker.getTypeAtLocation(parameter));
  return `${called}${questionToken || initializer ? '?' : ''}: ${type?.getText() ?? inferred}`;
}

async function functionBlock(name, declaration, symbol, checker) {
  const parameters = declaration.parameters.filter((parameter) => !isForTests(parameter));
  const list = parameters.map((parameter) => parameterText(parameter, checker));
  const text = `declare function ${name}(${list.join(', ')}): ${declaration.type.getText()};`;
  const signature = await prettier.format(text, { parser: 'typescript', printWidth: 100, singleQuote: true });
  return [
    fenced('ts', signature.replace('declare function', 'function')),
    ...tagsOf(symbol, 'returns').map((returns) => `Returns ${sentence(returns).replace(/^./, (c) => c.toLowerCase())}`),
    ...tagsOf(symbol, 'throws').map((errors) => `Errors: ${errors}.`),
  ].join('\n\n');
}

/** A type as it is written, without the undefined that an optional member has besides. */
const typeText = (node) =>
  node
    .getText()
    .replace(/\s+/g, ' ')
    .replace(/ \| undefined$/, '')
    .replace(/^\((.*)\)$/, (all, inner) => (inner.includes('=>') ? inner : all));

/** Units of options, for those that have one. */
const UNITS = { interval: 'milliseconds', minBytes: 'bytes', history: 'processes', maxFlows: 'flows' };

/** A default: a literal is code, words are words. */
const value = (text) => (/^(?:true|false|\d+|'[^']*')$/.test(text) ? code(text) : text);

/** A method of an interface. What it returns may depend on the interface, where another one declares the method. */
function methodRow(member, declaration, meaning, checker) {
  const [signature] = checker.getTypeOfSymbol(member).getCallSignatures();
  const parameters = declaration.parameters.map((parameter) => parameterText(parameter, checker)).join(', ');
  const errors = tagsOf(member, 'throws').map((text) => ` Errors: ${text}.`);
  return [
    code(`${declaration.name.getText()}(${parameters})`),
    code(checker.typeToString(signature.getReturnType())),
    [sentence(meaning), ...errors].join(''),
  ];
}

function memberRow(owner, member, checker, isOptions) {
  const declaration = member.declarations[0];
  const tag = tagsOf(member, 'defaultValue')[0];
  const name = declaration.name.getText();
  const comment = meaningOf(docOf(member, checker), owner, name);
  const { meaning, byDefault } = isOptions ? splitDefault(comment) : { meaning: comment };
  const optional = declaration.questionToken === undefined ? '' : '?';
  if (ts.isMethodSignature(declaration)) return methodRow(member, declaration, meaning, checker);
  const type = code(typeText(declaration.type));
  if (!isOptions) return [code(`${name}${optional}`), type, sentence(meaning)];
  const unset = declaration.questionToken === undefined ? 'required' : type === '`boolean`' ? 'false' : 'none';
  return [
    code(name),
    UNITS[name] ? `${type}, ${UNITS[name]}` : type,
    value(tag ?? byDefault ?? unset),
    sentence(meaning),
  ];
}

function interfaceBlock(name, symbol, checker) {
  const isOptions = name.endsWith('Options');
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const head = isOptions ? ['option', 'type', 'default', 'meaning'] : ['member', 'type', 'meaning'];
  return table(
    head,
    members.map((member) => memberRow(name, member, checker, isOptions)),
  );
}

const isPublic = (member) =>
  (ts.isMethodDeclaration(member) || ts.isPropertyDeclaration(member)) &&
  !ts.isPrivateIdentifier(member.name) &&
  (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;

function classBlock(declaration, checker) {
  const rows = declaration.members.filter(isPublic).map((member) => {
    const symbol = checker.getSymbolAtLocation(member.name);
    const name = member.name.getText();
    const meaning = meaningOf(docOf(symbol, checker), declaration.name.text, name);
    const parameters = ts.isMethodDeclaration(member)
      ? `(${member.parameters.map((parameter) => parameterText(parameter, checker)).join(', ')})`
      : '';
    const type = member.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(member));
    const errors = tagsOf(symbol, 'throws').map((text) => ` Errors: ${text}.`);
    const returns = tagsOf(symbol, 'returns').map((text) => ` Returns ${text}.`);
    return [code(`${name}${parameters}`), code(type), [sentence(meaning), ...returns, ...errors].join('')];
  });
  return table(['member', 'type', 'meaning'], rows);
}

/** The codes with their meanings, from the list in the doc comment of their type. */
function codesBlock(declaration, symbol, checker) {
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const meanings = new Map(
    [...comment.matchAll(/^- `(ERR_\w+)`: (.*(?:\n(?!- ).+)*)/gm)].map(([, name, meaning]) => [
      name,
      markdown(meaning),
    ]),
  );
  const codes = declaration.type.types.map((type) => type.literal.text);
  const unexplained = codes.filter((name) => !meanings.has(name));
  if (unexplained.length > 0) throw new Error(`TrafficErrorCode does not say what ${unexplained.join(', ')} means`);
  return table(
    ['code', 'meaning'],
    codes.map((name) => [code(name), sentence(meanings.get(name))]),
  );
}

/** A type that is worked out from a value or another type is shown as what it comes to. */
function definition(declaration, symbol, checker) {
  const text = typeText(declaration.type);
  if (!/^(?:keyof|\(typeof|Exclude|typeof)/.test(text)) return text;
  const { InTypeAlias, NoTruncation, UseSingleQuotesForStringLiteralType } = ts.TypeFormatFlags;
  const flags = InTypeAlias | NoTruncation | UseSingleQuotesForStringLiteralType;
  return checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), undefined, flags);
}

/** Names of the interfaces that others are made of: their members are in the tables of those. */
function basesOf(symbols) {
  const clauses = symbols.flatMap(({ declarations: [declaration] }) => declaration.heritageClauses ?? []);
  return new Set(clauses.flatMap(({ types }) => types.map(({ expression }) => expression.getText())));
}

/** By name; and the names of those that a page may leave out. */
export async function apiBlocks() {
  const entry = path.join(root, 'src/index.ts');
  const program = programOf(entry);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)));
  const symbols = exported.map((symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
  const bases = basesOf(symbols);
  // These are in the tables of the interfaces that extend them: a page may have them besides.
  const optional = new Set([...bases].map((name) => `type ${name}`));
  const blocks = new Map();
  const aliases = [];
  for (const symbol of symbols) {
    const { name } = symbol;
    const declaration = symbol.declarations[0];
    if (ts.isFunctionDeclaration(declaration)) {
      blocks.set(`function ${name}`, await functionBlock(name, declaration, symbol, checker));
    } else if (ts.isClassDeclaration(declaration)) {
      blocks.set(`type ${name}`, classBlock(declaration, checker));
    } else if (name === 'TrafficErrorCode') {
      blocks.set('error codes', codesBlock(declaration, symbol, checker));
    } else if (ts.isInterfaceDeclaration(declaration) || name.endsWith('Options')) {
      blocks.set(`type ${name}`, interfaceBlock(name, symbol, checker));
    } else if (ts.isTypeAliasDeclaration(declaration)) {
      const meaning = meaningOf(docOf(symbol, checker), name);
      aliases.push([code(name), code(definition(declaration, symbol, checker)), sentence(meaning)]);
    } else {
      throw new Error(`scripts/docs/api.mjs: what is the export ${name}?`);
    }
  }
  blocks.set('other types', table(['type', 'definition', 'meaning'], aliases));
  return { blocks, optional };
}
