package dev.interlock.cli;

import picocli.CommandLine.Help.Ansi.Style;

/// The colour of a word of ours. It says nothing that the word does not say too.
enum Tint {
    GOOD(Style.fg_green),
    WARNING(Style.fg_yellow),
    BAD(Style.fg_red);

    private final Style style;

    Tint(Style style) {
        this.style = style;
    }

    static Tint of(String outcome) {
        return switch (outcome) {
            case "Allowed", Expectation.UNCHANGED -> GOOD;
            case "Warned" -> WARNING;
            default -> BAD;
        };
    }

    /// @param word     of ours, never a value of others
    /// @param coloured whether colours are shown
    String on(String word, boolean coloured) {
        return coloured ? style.on() + word + style.off() : word;
    }
}
