package dev.interlock.decision.cel.library;

import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelKind;
import dev.cel.validator.CelAstValidator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Refuses a call of `format` of a literal text with a literal list that cannot succeed, or has items left
/// over.
record FormatCalls() implements CelAstValidator {
    private static final Set<CelKind> INTEGERS = EnumSet.of(CelKind.INT, CelKind.UINT);
    private static final Set<CelKind> REALS = EnumSet.of(CelKind.DOUBLE, CelKind.STRING);
    private static final Set<CelKind> BINARY = EnumSet.of(CelKind.INT, CelKind.UINT, CelKind.BOOL);
    private static final Set<CelKind> HEXADECIMAL =
            EnumSet.of(CelKind.INT, CelKind.UINT, CelKind.STRING, CelKind.BYTES);
    private static final Set<CelKind> PLAIN = EnumSet.of(
            CelKind.LIST,
            CelKind.MAP,
            CelKind.INT,
            CelKind.UINT,
            CelKind.DOUBLE,
            CelKind.BOOL,
            CelKind.STRING,
            CelKind.TIMESTAMP,
            CelKind.BYTES,
            CelKind.DURATION,
            CelKind.TYPE,
            CelKind.NULL_TYPE);

    @Override
    public void validate(CelNavigableAst ast, Cel cel, IssuesFactory issues) {
        ast.getRoot()
                .allNodes()
                .filter(node -> node.getKind().equals(CelExpr.ExprKind.Kind.CALL))
                .map(CelNavigableExpr::expr)
                .filter(FormatCalls::isLiteral)
                .forEach(expr -> {
                    try {
                        check(ast, expr.call());
                    } catch (Failure e) {
                        issues.addError(expr.id(), "format: " + e.reason());
                    }
                });
    }

    private static boolean isLiteral(CelExpr expr) {
        CelExpr.CelCall call = expr.call();
        return call.function().equals("format")
                && call.target().filter(Literals::isString).isPresent()
                && call.args().size() == 1
                && call.args().getFirst().getKind() == CelExpr.ExprKind.Kind.LIST;
    }

    private static void check(CelNavigableAst ast, CelExpr.CelCall call) throws Failure {
        List<CelExpr> arguments = call.args().getFirst().list().elements();
        List<Formatting.Clause> clauses =
                Formatting.clauses(Literals.string(call.target().orElseThrow()));
        if (clauses.size() != arguments.size()) {
            throw new Failure(clauses.size() + " arguments are expected, not " + arguments.size());
        }
        for (int i = 0; i < clauses.size(); i++) {
            if (!fits(ast, clauses.get(i).verb(), arguments.get(i))) {
                throw new Failure("argument " + (i + 1) + " has a type that its clause cannot be used on");
            }
        }
    }

    private static boolean fits(CelNavigableAst ast, char verb, CelExpr argument) {
        return switch (verb) {
            case 's' -> isPlain(ast, argument);
            case 'd', 'o' -> isOneOf(ast, argument, INTEGERS);
            case 'f', 'e' -> isOneOf(ast, argument, REALS);
            case 'b' -> isOneOf(ast, argument, BINARY);
            default -> isOneOf(ast, argument, HEXADECIMAL);
        };
    }

    private static boolean isPlain(CelNavigableAst ast, CelExpr expr) {
        Stream<CelExpr> nested = switch (expr.getKind()) {
            case LIST -> expr.list().elements().stream();
            case MAP -> expr.map().entries().stream().flatMap(entry -> Stream.of(entry.key(), entry.value()));
            default -> Stream.of();
        };
        return isOneOf(ast, expr, PLAIN) && nested.allMatch(each -> isPlain(ast, each));
    }

    private static boolean isOneOf(CelNavigableAst ast, CelExpr expr, Set<CelKind> kinds) {
        return ast.getAst()
                .getType(expr.id())
                .map(type -> type.kind() == CelKind.DYN || kinds.contains(type.kind()))
                .orElse(true);
    }
}
