using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Godwit.Storage.Tools;

/// <summary>Writes the lines of an export.</summary>
internal sealed class ExportWriter : IDisposable
{
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;

    public ExportWriter(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Lines written.</summary>
    public long Count { get; private set; }

    /// <summary>The object of the line.</summary>
    public Utf8JsonWriter Json => _json;

    /// <summary>Begins a line.</summary>
    public void Begin(string type)
    {
        _json.WriteStartObject();
        _json.WriteString("type", type);
    }

    /// <summary>Ends it.</summary>
    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        _output.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
        _json.Reset();
        Count++;
    }

    /// <summary>A text, which may turn out not to be UTF-8.</summary>
    public void Text(string name, ReadOnlySpan<byte> utf8)
    {
        if (Utf8.IsValid(utf8))
        {
            _json.WriteString(name, utf8);
        }
        else
        {
            _json.WriteBase64String(name + StoreExportFormat.Base64, utf8);
        }
    }

    /// <summary>A text that may be missing.</summary>
    public void Text(string name, string? text)
    {
        if (text is not null)
        {
            _json.WriteString(name, text);
        }
    }

    /// <summary>Bytes; nothing when there are none.</summary>
    public void Bytes(string name, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _json.WriteBase64String(name, bytes);
        }
    }

    /// <summary>A time; nothing for never.</summary>
    public void Time(string name, long utcMs) => Text(name, StoreTime.ToText(utcMs));

    /// <summary>A duration or number; nothing for the largest there is.</summary>
    public void Limit(string name, long value)
    {
        if (value != long.MaxValue)
        {
            _json.WriteNumber(name, value);
        }
    }

    /// <summary>A flag; nothing when it is not set.</summary>
    public void Flag(string name, bool value)
    {
        if (value)
        {
            _json.WriteBoolean(name, value);
        }
    }

    public void Dispose() => _json.Dispose();
}
