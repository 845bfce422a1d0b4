package dev.interlock.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page of all commands, for [man(7)](https://man7.org/linux/man-pages/man7/man.7.html), from what
/// their help says.
final class ManualPage {
    private final StringBuilder text = new StringBuilder();

    private ManualPage() {}

    /// @param version of Interlock, as the page's foot says it
    static String of(CommandLine interlock, String version) {
        ManualPage page = new ManualPage();
        page.text.append(".TH INTERLOCK 1 \"\" \"Interlock %s\" \"Interlock\"\n".formatted(escaped(version)));
        page.heading("SH", "NAME");
        page.paragraph("interlock - " + sentence(interlock.getCommandSpec()));
        page.heading("SH", "SYNOPSIS");
        page.text.append(".B interlock\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n");
        page.heading("SH", "DESCRIPTION");
        page.footer(interlock.getCommandSpec());
        page.options(interlock.getCommandSpec());
        page.heading("SH", "COMMANDS");
        interlock.getSubcommands().values().forEach(page::command);
        return page.text.toString();
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        heading("SS", spec.qualifiedName());
        for (String line : spec.usageMessage().description()) {
            paragraph(line);
        }
        spec.positionalParameters().forEach(this::parameter);
        options(spec);
        footer(spec);
        command.getSubcommands().values().forEach(this::command);
    }

    private void heading(String macro, String name) {
        text.append(".%s \"%s\"\n".formatted(macro, escaped(name)));
    }

    private void paragraph(String words) {
        text.append(".PP\n").append(line(words)).append('\n');
    }

    private void options(CommandSpec spec) {
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
            term(String.join(", ", List.of(option.names())) + value, option.description());
        }
    }

    private void parameter(PositionalParamSpec parameter) {
        term(parameter.paramLabel(), parameter.description());
    }

    private void term(String name, String[] description) {
        text.append(".TP\n.B ")
                .append(escaped(name))
                .append('\n')
                .append(line(String.join(" ", description)))
                .append('\n');
    }

    /// A line that begins with a blank is shown as it is written; others flow.
    private void footer(CommandSpec spec) {
        boolean verbatim = false;
        for (String each : spec.usageMessage().footer()) {
            boolean written = each.startsWith(" ");
            if (written != verbatim) {
                text.append(written ? ".nf\n" : ".fi\n");
                verbatim = written;
            }
            text.append(each.isEmpty() ? ".PP" : line(each)).append('\n');
        }
        if (verbatim) {
            text.append(".fi\n");
        }
    }

    private static String sentence(CommandSpec spec) {
        return List.of(spec.usageMessage().description()).stream().collect(Collectors.joining(" "));
    }

    /// As text, whatever it begins with.
    private static String line(String words) {
        String escaped = escaped(words);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private static String escaped(String words) {
        return words.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    }
}
