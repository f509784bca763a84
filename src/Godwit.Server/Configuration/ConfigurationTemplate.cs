using System.Text;
using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>A <c>godwit.json</c> to begin with: a broker for this machine, and every other setting as a comment with its default.</summary>
public static class ConfigurationTemplate
{
    /// <summary>Stands where there is no default to be shown.</summary>
    internal const string NoDefault = "...";

    private const string Head = """
        // The configuration of the MQTT broker Godwit. Comments are allowed, and a comma behind the last element.
        // godwit serve -c godwit.json --test-config    says all that is wrong with it
        // godwit config show -c godwit.json --origin   shows what holds, and why
        // All settings: docs/configuration.md. Sizes may be written "2MB" or "2MiB", durations "30s".
        {
          "Listeners": [
            // This machine only.
            { "Port": 1883 },

            // The network, encrypted: `godwit cert server --help` makes certificates to try.
            // { "Port": 8883, "Addresses": ["0.0.0.0", "::"], "Tls": { "CertificateFile": "server.pem", "KeyFile": "server.key" } },

            // Browsers on this machine.
            // { "Protocol": "WebSocket", "Port": 8083, "Path": "/mqtt" },
          ],

        """;

    /// <summary>The file.</summary>
    public static string Write()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        var options = new ServerOptions();
        foreach (var section in ConfigurationKeys.Sections.Where(section => section is not ListenerSection.Path))
        {
            text.Append('\n').Append("  \"").Append(section).Append("\": {\n");
            var part = "";
            foreach (var key in ConfigurationKeys.All.Where(key => key.Section.Equals(section, StringComparison.Ordinal) && !key.Path.Contains('*', StringComparison.Ordinal)))
            {
                part = Append(text, key, options, part);
            }

            text.Append(part.Length > 0 ? "    // },\n" : "").Append("  },\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Keys of a part of a section stand together, in braces of their own.</summary>
    /// <param name="text">The file.</param>
    /// <param name="key">The key.</param>
    /// <param name="options">The defaults.</param>
    /// <param name="part">The part that is open; empty: none.</param>
    /// <returns>The part that is open behind it.</returns>
    private static string Append(StringBuilder text, ConfigurationKey key, ServerOptions options, string part)
    {
        var name = key.Path[(key.Section.Length + 1)..];
        var value = key.Default.Length > 0 ? key.Default : key.Show(options, []);
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var inner = colon < 0 ? "" : name[..colon];
        if (!inner.Equals(part, StringComparison.Ordinal))
        {
            text.Append(part.Length > 0 ? "    // },\n" : "").Append(inner.Length > 0 ? $"    // \"{inner}\": {{\n" : "");
        }

        var indent = inner.Length > 0 ? "    //   " : "    // ";
        text.Append(indent).Append(inner.Length > 0 ? "// " : "").Append(key.Meaning).Append('\n');
        text.Append(indent).Append('"').Append(name[(colon + 1)..]).Append("\": ").Append(Literal(key, value)).Append(",\n");
        return inner;
    }

    private static string Literal(ConfigurationKey key, string value)
    {
        if (key.Type.IsList)
        {
            var values = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return $"[{string.Join(", ", values.Select(Quote))}]";
        }

        var schema = key.Type.Schema();
        var isBare = schema.ContainsKey("anyOf") || schema["type"]?.GetValue<string>() is "integer" or "number" or "boolean";
        return isBare && value.Length > 0 ? value : Quote(value.Length > 0 ? value : NoDefault);
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
