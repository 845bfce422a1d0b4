package dev.interlock.decision.cel.library;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;

/// Texts that stand in an expression as they are.
final class Literals {
    private Literals() {}

    static boolean isString(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE;
    }

    static String string(CelExpr literal) {
        return literal.constant().stringValue();
    }
}
