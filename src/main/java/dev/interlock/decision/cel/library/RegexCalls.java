package dev.interlock.decision.cel.library;

import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.validator.CelAstValidator;
import java.util.Set;

/// Refuses a call of a function whose regular expression is a literal and is none, or a large one.
record RegexCalls() implements CelAstValidator {
    private static final Set<String> FUNCTIONS = Set.of("find", "findAll", "matches");

    @Override
    public void validate(CelNavigableAst ast, Cel cel, IssuesFactory issues) {
        ast.getRoot()
                .allNodes()
                .filter(node -> node.getKind().equals(CelExpr.ExprKind.Kind.CALL))
                .map(CelNavigableExpr::expr)
                .filter(expr -> FUNCTIONS.contains(expr.call().function()))
                .map(RegexCalls::regex)
                .filter(Literals::isString)
                .forEach(regex -> {
                    try {
                        RegexFunctions.compile(Literals.string(regex));
                    } catch (Failure e) {
                        issues.addError(regex.id(), e.reason());
                    }
                });
    }

    /// The argument behind the text, which is the target of a call or its first argument.
    private static CelExpr regex(CelExpr expr) {
        return expr.call().args().get(expr.call().target().isPresent() ? 0 : 1);
    }
}
