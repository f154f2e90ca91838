// `a === b` as `a == b` where the types say that it is the same: a byte less, and in the firmware less work, because there `===`
// compares the types and then does what `==` does.
import ts from "typescript";

type Kind = "string" | "number";

const ABSENT = ts.TypeFlags.Undefined | ts.TypeFlags.Null;
/** In the firmware `undefined == "undefined"` is true (2v29). */
const NAMES_OF_ABSENT = ["undefined", "null"];
const LOOSE = { [ts.SyntaxKind.EqualsEqualsEqualsToken]: ts.SyntaxKind.EqualsEqualsToken, [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ts.SyntaxKind.ExclamationEqualsToken } as const;

/** A `before` transformer for the TypeScript compiler. */
export function looseEquality(checker: ts.TypeChecker): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const visit = (node: ts.Node): ts.Node => {
      const visited = ts.visitEachChild(node, visit, context);
      if (!ts.isBinaryExpression(visited) || !isStrict(visited.operatorToken.kind) || !isSame(ts.getOriginalNode(node) as ts.BinaryExpression, checker)) return visited;
      return context.factory.updateBinaryExpression(visited, visited.left, context.factory.createToken(LOOSE[visited.operatorToken.kind as keyof typeof LOOSE]), visited.right);
    };
    return (source) => ts.visitNode(source, visit) as ts.SourceFile;
  };
}

function isStrict(operator: ts.SyntaxKind): boolean {
  return operator in LOOSE;
}

function isSame({ left, right }: ts.BinaryExpression, checker: ts.TypeChecker): boolean {
  const [a, b] = [left, right].map((operand) => typesOf(checker.getTypeAtLocation(operand)));
  const kind = kindOf(a!);
  if (kind === undefined || kind !== kindOf(b!)) return false;
  const [aIsThere, bIsThere] = [a!, b!].map((types) => types.every(({ flags }) => !(flags & ABSENT)));
  if (kind === "number") return aIsThere! || bIsThere!;
  return (aIsThere! && bIsThere!) || isText(a!) || isText(b!);
}

function typesOf(type: ts.Type): ts.Type[] {
  return type.isUnion() ? type.types : [type];
}

function kindOf(types: ts.Type[]): Kind | undefined {
  const present = types.filter(({ flags }) => !(flags & ABSENT));
  if (present.length === 0) return undefined;
  if (present.every(({ flags }) => flags & ts.TypeFlags.StringLike)) return "string";
  return present.every(({ flags }) => flags & ts.TypeFlags.NumberLike) ? "number" : undefined;
}

// Known texts, none of which could be taken for something absent.
function isText(types: ts.Type[]): boolean {
  return types.every((type) => type.isStringLiteral() && !NAMES_OF_ABSENT.includes(type.value));
}
