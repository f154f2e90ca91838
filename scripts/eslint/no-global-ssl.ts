import type { Rule, Scope } from "eslint";
import type { Identifier, MemberExpression, Node } from "estree";

/**
 * Forbids making or writing a global named `ssl`: the firmware keeps the state of its TLS connections there, and a program's
 * top level is the global scope.
 */
export const noGlobalSsl: Rule.RuleModule = {
  meta: {
    type: "problem",
    docs: { description: "No global named ssl is declared or written" },
    messages: { taken: "The firmware keeps its TLS state in the global ssl. Use another name." },
    schema: [],
  },
  create(context) {
    const report = (node: Node): void => context.report({ node, messageId: "taken" });
    return {
      "Program:exit"(node) {
        const scopes = topScopes(context.sourceCode.getScope(node));
        const variables = scopes.flatMap(({ set }) => set.get("ssl") ?? []);
        const definitions = variables.flatMap(({ defs }) => defs).filter((definition) => !isAmbient(definition));
        const references = [...scopes.flatMap(({ through }) => through), ...variables.flatMap(({ references }) => references)];
        const names = [...definitions.map(({ name }) => name), ...references.filter(isWriteToSsl).map(({ identifier }) => identifier)];
        for (const name of new Set(names)) report(name as Identifier);
      },
      "AssignmentExpression > MemberExpression.left"(node: MemberExpression) {
        const owner = node.object.type === "Identifier" ? node.object.name : "";
        if (["global", "globalThis"].includes(owner) && propertyName(node) === "ssl") report(node);
      },
    };
  },
};

function topScopes(scope: Scope.Scope): Scope.Scope[] {
  const globalScope = scope.type === "global" ? scope : (scope.upper ?? scope);
  return [globalScope, ...globalScope.childScopes.filter(({ type }) => type === "module")];
}

function isWriteToSsl(reference: Scope.Reference): boolean {
  return reference.identifier.name === "ssl" && reference.isWrite() && !reference.init && isGlobal(reference.resolved);
}

function isGlobal(variable: Scope.Variable | null): boolean {
  return !variable || variable.scope.type === "global" || variable.scope.type === "module";
}

function isAmbient(definition: Scope.Definition): boolean {
  const declaration = (definition.parent ?? definition.node) as { declare?: boolean };
  return declaration.declare === true || definition.node.type === "ImportSpecifier";
}

function propertyName({ property, computed }: MemberExpression): unknown {
  if (property.type === "Literal") return property.value;
  return !computed && property.type === "Identifier" ? property.name : undefined;
}
