using System.Text.Json;
using System.Text.Json.Nodes;

namespace Godwit.Server.Configuration;

/// <summary>The JSON Schema of <c>godwit.json</c>: an editor completes names with it, shows what they mean, and marks what is wrong.</summary>
public static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema, draft 2020-12.</summary>
    public static string Write()
    {
        var root = Object();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Configuration of the MQTT broker Godwit");
        root["properties"]!["$schema"] = new JsonObject { ["type"] = "string" };
        foreach (var key in ConfigurationKeys.All)
        {
            Place(root, key.Path.Split(':'))[key.Name] = Describe(key);
        }

        return root.ToJsonString(Layout);
    }

    private static JsonObject Describe(ConfigurationKey key)
    {
        var schema = key.Type.Schema();
        schema["description"] = key.Meaning
            + (key.Type.Unit.Length > 0 ? $" Unit: {key.Type.Unit}." : "")
            + (key.Default.Length > 0 ? $" Default: {key.Default}." : "")
            + (key.IsHot ? "" : " A change takes a restart.")
            + (key.Reopens ? " A change closes the listener and opens it anew." : "");
        return schema;
    }

    /// <summary>The properties of the object that a path ends in; objects and arrays on the way are made.</summary>
    private static JsonObject Place(JsonObject root, ReadOnlySpan<string> parts)
    {
        var at = root;
        for (var i = 0; i < parts.Length - 1; i++)
        {
            var properties = (JsonObject)at["properties"]!;
            var isArray = parts[i + 1] is "*";
            properties[parts[i]] ??= isArray ? new JsonObject { ["type"] = "array", ["items"] = Object() } : Object();
            at = (JsonObject)properties[parts[i]]!;
            if (isArray)
            {
                at = (JsonObject)at["items"]!;
                i++;
            }
        }

        return (JsonObject)at["properties"]!;
    }

    private static JsonObject Object() => new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = new JsonObject() };
}
