using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Godwit.Server.Configuration;

namespace Godwit.Server.Mosquitto;

/// <summary>Writes what a <c>mosquitto.conf</c> says as our configuration, with a comment behind each value that names its line.</summary>
public static class MosquittoJson
{
    private const int IndentSize = 2;

    /// <summary>Makes the text of a <c>godwit.json</c>.</summary>
    /// <param name="input">What a <see cref="MosquittoSource"/> has read.</param>
    /// <param name="from">The file that was read, for the first line.</param>
    public static string Write(ConfigurationInput input, string from)
    {
        ArgumentNullException.ThrowIfNull(input);
        var root = new Node();
        foreach (var assignment in input.Assignments)
        {
            var node = root;
            foreach (var name in assignment.Key.Split(':'))
            {
                node = node.Child(name);
            }

            node.Value = assignment;
        }

        var text = new StringBuilder($"// Made from {from} by godwit import mosquitto.\n");
        Write(root, text, IndentSize, "");
        return text.Append('\n').ToString();
    }

    private static void Write(Node node, StringBuilder text, int indent, string after)
    {
        if (node.Value is { } value)
        {
            text.Append(ValueOf(value)).Append(after).Append("  // ").Append(value.Origin);
            return;
        }

        var isArray = node.Children.Count > 0 && int.TryParse(node.Children[0].Name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        text.Append(isArray ? '[' : '{').Append('\n');
        for (var i = 0; i < node.Children.Count; i++)
        {
            var (name, child) = node.Children[i];
            text.Append(' ', indent);
            if (!isArray)
            {
                text.Append(Quote(name)).Append(": ");
            }

            Write(child, text, indent + IndentSize, i < node.Children.Count - 1 ? "," : "");
            text.Append('\n');
        }

        text.Append(' ', indent - IndentSize).Append(isArray ? ']' : '}').Append(after);
    }

    private static string ValueOf(ConfigurationAssignment assignment)
    {
        var type = ConfigurationKeys.Find(assignment.Key, out _)?.Type;
        if (assignment.Shape == ValueShape.List)
        {
            return $"[{string.Join(", ", assignment.Values.Select(Quote))}]";
        }

        // Relative paths begin at the working directory in Mosquitto, and at the directory of the file in ours.
        var value = type is { IsPath: true } ? Path.GetFullPath(assignment.Text) : assignment.Text;
        var schema = type?.Schema().ToJsonString() ?? "";
        var isBare = (schema.Contains("\"integer\"", StringComparison.Ordinal) && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            || (schema.Contains("\"boolean\"", StringComparison.Ordinal) && value is "true" or "false");
        return isBare ? value : Quote(value);
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private sealed class Node
    {
        internal List<(string Name, Node Node)> Children { get; } = [];

        internal ConfigurationAssignment? Value { get; set; }

        internal Node Child(string name)
        {
            if (Children.Find(child => string.Equals(child.Name, name, StringComparison.Ordinal)).Node is { } found)
            {
                return found;
            }

            var made = new Node();
            Children.Add((name, made));
            return made;
        }
    }
}
