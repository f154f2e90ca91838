// Which property names of the device modules may be shortened by the minifier. Long names are for readers; on the board each
// one is paid for in flash, in every place it stands.
import ts from "typescript";

/** Only the project's own modules. A program's interfaces often describe what comes from outside (JSON, settings). */
const PRIVATE_FILES = /\/modules\/(?!.*\/src\/)/;

/**
 * The names that only ever name members of private interfaces of modules/: those not exported, or marked `@internal`. A name that
 * is also used for anything else (an exported interface, the firmware, a value of type any, a quoted key) is left out,
 * so that a shortened name can never meet one that is not.
 * @param program the sources of the bundle, or of several
 * @param input the file that the bundle starts from: names of other bundles are of no matter
 * @returns sorted names
 */
export function privatePropertyNames(program: ts.Program, input: string): string[] {
  const checker = program.getTypeChecker();
  const names = { private: new Set<string>(), other: new Set<string>() };
  for (const file of filesOf(program, input)) collect(file, checker, names);
  return [...names.private].filter((name) => !names.other.has(name)).sort();
}

/** The input, all it imports, for types too, and the declarations that hold everywhere. */
function filesOf(program: ts.Program, input: string): Set<ts.SourceFile> {
  const files = new Set(program.getSourceFiles().filter(({ isDeclarationFile, fileName }) => isDeclarationFile || fileName === input));
  // A set's walk meets what is added on the way.
  for (const file of files) {
    for (const imported of importsOf(file, program.getTypeChecker())) files.add(imported);
  }
  return files;
}

function importsOf(file: ts.SourceFile, checker: ts.TypeChecker): ts.SourceFile[] {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const target = statement.moduleSpecifier && checker.getSymbolAtLocation(statement.moduleSpecifier);
    return target?.declarations?.map((declaration) => declaration.getSourceFile()) ?? [];
  });
}

interface Names {
  private: Set<string>;
  other: Set<string>;
}

function isPrivateInterface(node: ts.Node): boolean {
  if (!ts.isInterfaceDeclaration(node)) return false;
  const isExported = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
  const isInternal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal");
  const file = node.getSourceFile();
  return ts.isExternalModule(file) && PRIVATE_FILES.test(file.fileName) && (isInternal || !isExported);
}

function isPrivateMember(symbol: ts.Symbol | undefined): boolean {
  const declarations = symbol?.declarations ?? [];
  return declarations.length > 0 && declarations.every(({ parent }) => isPrivateInterface(parent));
}

function collect(node: ts.Node, checker: ts.TypeChecker, names: Names): void {
  if (ts.isStringLiteralLike(node)) names.other.add(node.text);
  if (ts.isIdentifier(node)) collectName(node, checker, names);
  ts.forEachChild(node, (child) => collect(child, checker, names));
}

function collectName(node: ts.Identifier, checker: ts.TypeChecker, names: Names): void {
  const { parent, text } = node;
  if ((ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) && parent.name === node) {
    (isPrivateInterface(parent.parent) ? names.private : names.other).add(text);
  } else if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    if (!isPrivateMember(checker.getSymbolAtLocation(node))) names.other.add(text);
  } else if (isPropertyOfLiteral(parent, node)) {
    const type = checker.getContextualType(parent.parent);
    if (!isPrivateMember(type?.getProperty(text))) names.other.add(text);
  } else if (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node) {
    if (!isPrivateMember(checker.getTypeAtLocation(parent.parent).getProperty(text))) names.other.add(text);
  } else if (ts.isClassElement(parent) && parent.name === node) {
    names.other.add(text);
  }
}

function isPropertyOfLiteral(parent: ts.Node, node: ts.Identifier): parent is ts.ObjectLiteralElementLike & { parent: ts.ObjectLiteralExpression } {
  return ts.isObjectLiteralElement(parent) && parent.name === node && ts.isObjectLiteralExpression(parent.parent);
}

