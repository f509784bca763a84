using System.Text;
using System.Text.Json;

namespace Godwit.Storage.Tools;

/// <summary>Reads the fields of one line of an export. What is not as it should be is a <see cref="FormatException"/> that names the field.</summary>
internal readonly struct ExportLine(JsonElement json)
{
    /// <summary>What the line is.</summary>
    public string Type => Text("type");

    /// <summary>A number from 0 on.</summary>
    public long Number(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
            ? number
            : throw Wrong(name, "a number");

    /// <summary>A number from 0 to a bound.</summary>
    public long Number(string name, long max) => Number(name) is var number && number <= max ? number : throw Wrong(name, $"a number up to {max}");

    /// <summary>A number that may be missing.</summary>
    public long Number(string name, long max, long otherwise) => json.TryGetProperty(name, out _) ? Number(name, max) : otherwise;

    /// <summary>A session's number.</summary>
    public uint SessionNo => (uint)Number("session", uint.MaxValue);

    /// <summary>A text.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "a text");

    /// <summary>A text that may be missing.</summary>
    public string? OptionalText(string name)
    {
        if (!json.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a text");
    }

    /// <summary>A text as UTF-8, or the bytes it had when it was not UTF-8.</summary>
    public byte[] Utf8(string name) =>
        json.TryGetProperty(name + StoreExportFormat.Base64, out _) ? Bytes(name + StoreExportFormat.Base64) : Encoding.UTF8.GetBytes(Text(name));

    /// <summary>The same, when there is one.</summary>
    public byte[]? OptionalUtf8(string name) =>
        json.TryGetProperty(name, out _) || json.TryGetProperty(name + StoreExportFormat.Base64, out _) ? Utf8(name) : null;

    /// <summary>Base64; empty when it is missing.</summary>
    public byte[] Bytes(string name)
    {
        if (!json.TryGetProperty(name, out var value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : throw Wrong(name, "base64");
    }

    /// <summary>A flag; false when it is missing.</summary>
    public bool Flag(string name)
    {
        if (!json.TryGetProperty(name, out var value))
        {
            return false;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false");
    }

    /// <summary>UTC milliseconds; never when it is missing.</summary>
    public long Time(string name) =>
        StoreTime.TryParse(OptionalText(name), out var utcMs) ? utcMs : throw Wrong(name, "a time like 2026-01-31T12:00:00.000Z");

    /// <summary>The objects of an array.</summary>
    public IEnumerable<ExportLine> Items(string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(name, "an array");
        }

        return value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object ? new ExportLine(item) : throw Wrong(name, "an array of objects"));
    }

    /// <summary>Numbers; null when there are none.</summary>
    public uint[]? Numbers(string name)
    {
        if (!json.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetUInt32(out var number) ? number : throw Wrong(name, "an array of numbers"))]
            : throw Wrong(name, "an array of numbers");
    }

    /// <summary>Numbers of records.</summary>
    public long[] Ids(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var id) && id >= 0 ? id : throw Wrong(name, "an array of ids"))]
            : throw Wrong(name, "an array of ids");

    private static FormatException Wrong(string name, string what) => new($"\"{name}\" is not {what}");
}
