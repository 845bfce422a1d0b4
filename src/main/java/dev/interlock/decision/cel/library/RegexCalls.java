package dev.interlock.decision.cel.library;

import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.validator.CelAstValidator;
import java.util.Set;

/// Refuses a call of `matches`, `find` or `findAll` whose regular expression is a literal and is none.
record RegexCalls() implements CelAstValidator {
    private static final Set<String> FUNCTIONS = Set.of("matches", "find", "findAll");

    @Override
    public void validate(CelNavigableAst ast, Cel cel, IssuesFactory issues) {
        ast.getRoot()
                .allNodes()
                .filter(node -> node.getKind().equals(CelExpr.ExprKind.Kind.CALL))
                .map(CelNavigableExpr::expr)
                .filter(expr -> FUNCTIONS.contains(expr.call().function()))
                .filter(expr ->
                        expr.call().args().size() > (expr.call().target().isPresent() ? 0 : 1))
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

    /// The first argument of a method, the second of a function.
    private static CelExpr regex(CelExpr called) {
        return called.call().args().get(called.call().target().isPresent() ? 0 : 1);
    }
}
