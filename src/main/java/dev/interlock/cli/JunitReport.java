package dev.interlock.cli;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// What was found as JUnit's XML, which most pipelines show: a suite for each file, and in it its cases.
final class JunitReport {
    private JunitReport() {}

    /// One case.
    ///
    /// @param failure why it fails; empty where it does not
    /// @param output  what is said beside that, for which a case has no state; may be empty
    record Case(String file, String name, Optional<Failure> failure, String output) {}

    /// @param type one word for it
    record Failure(String type, String message) {}

    static String of(List<Case> cases) {
        Map<String, List<Case>> byFile =
                cases.stream().collect(Collectors.groupingBy(Case::file, LinkedHashMap::new, Collectors.toList()));
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (Map.Entry<String, List<Case>> file : byFile.entrySet()) {
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

    private static void suite(XMLStreamWriter xml, String file, List<Case> cases) throws XMLStreamException {
        long failures =
                cases.stream().filter(each -> each.failure().isPresent()).count();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", valid(file));
        xml.writeAttribute("tests", Integer.toString(cases.size()));
        xml.writeAttribute("failures", Long.toString(failures));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", "0");
        for (Case each : cases) {
            testcase(xml, each);
        }
        xml.writeEndElement();
    }

    private static void testcase(XMLStreamWriter xml, Case each) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("name", valid(each.name()));
        xml.writeAttribute("classname", valid(each.file()));
        xml.writeAttribute("time", "0");
        if (each.failure().isPresent()) {
            Failure failure = each.failure().get();
            xml.writeStartElement("failure");
            xml.writeAttribute("type", failure.type());
            xml.writeAttribute("message", valid(failure.message()));
            xml.writeCharacters(valid(failure.message()));
            xml.writeEndElement();
        }
        if (!each.output().isEmpty()) {
            xml.writeStartElement("system-out");
            xml.writeCharacters(valid(each.output()));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /// XML has no way to write most control characters.
    private static String valid(String text) {
        return text.replaceAll("[^\\x09\\x0A\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", " ");
    }
}
