package dev.interlock.cli;

import dev.interlock.decision.Reason;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// What was found as JUnit's XML, which most pipelines show: a suite for each file, a case for each object, a failure
/// where it would not be let in. Warnings are in the case's output: a case has no state for them.
final class JunitReport {
    private JunitReport() {}

    static String of(Checking.Result result) {
        Map<String, List<Checking.Checked>> byFile = result.checked().stream()
                .collect(
                        Collectors.groupingBy(each -> each.manifest().file(), LinkedHashMap::new, Collectors.toList()));
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (Map.Entry<String, List<Checking.Checked>> file : byFile.entrySet()) {
                suite(xml, file.getKey(), file.getValue());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("it is written into memory", e);
        }
        return text + "\n";
    }

    private static void suite(XMLStreamWriter xml, String file, List<Checking.Checked> checked)
            throws XMLStreamException {
        long failures =
                checked.stream().filter(each -> !each.decision().admits()).count();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", valid(file));
        xml.writeAttribute("tests", Integer.toString(checked.size()));
        xml.writeAttribute("failures", Long.toString(failures));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", "0");
        for (Checking.Checked each : checked) {
            testcase(xml, each);
        }
        xml.writeEndElement();
    }

    private static void testcase(XMLStreamWriter xml, Checking.Checked checked) throws XMLStreamException {
        List<Reason> reasons = checked.decision().basis().reasons();
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", valid(CheckReport.subject(checked)));
        xml.writeAttribute("classname", valid(checked.manifest().file()));
        xml.writeAttribute("time", "0");
        if (!checked.decision().admits()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("type", checked.decision().outcome());
            String errors = valid(lines(checked, reasons, CheckReport.Severity.ERROR));
            xml.writeAttribute("message", errors);
            xml.writeCharacters(errors);
            xml.writeEndElement();
        }
        String warnings = lines(checked, reasons, CheckReport.Severity.WARNING);
        if (!warnings.isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(valid(warnings));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static String lines(Checking.Checked checked, List<Reason> reasons, CheckReport.Severity severity) {
        return reasons.stream()
                .filter(reason -> CheckReport.Severity.of(checked.decision(), reason) == severity)
                .map(reason -> "%s:%d %s: %s"
                        .formatted(
                                checked.manifest().file(),
                                CheckReport.line(checked, reason),
                                CheckReport.title(reason),
                                CheckReport.message(reason)))
                .collect(Collectors.joining("\n"));
    }

    /// XML has no way to write most control characters.
    private static String valid(String text) {
        return text.replaceAll("[^\\x09\\x0A\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", " ");
    }
}
