using System.Text;
using System.Text.Json;

namespace Godwit.Server.Configuration;

/// <summary>
/// Turns one file of JSON into assignments. Comments and a comma behind the last element are allowed; a name that stands twice in an
/// object is an error, because only one of the two could hold.
/// </summary>
internal sealed class JsonFile
{
    private const int DepthMax = 16;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _name;
    private readonly byte[] _text;
    private readonly ConfigurationInput _input;
    private readonly string? _baseDirectory;
    private long _countedTo;
    private int _line = 1;

    private JsonFile(string name, byte[] text, string? baseDirectory, ConfigurationInput input) =>
        (_name, _text, _baseDirectory, _input) = (name, text, baseDirectory, input);

    /// <summary>Reads a file's text.</summary>
    /// <param name="name">As messages call it.</param>
    /// <param name="text">UTF-8, with or without a mark at the beginning.</param>
    /// <param name="baseDirectory">Of relative paths in it.</param>
    /// <param name="input">Receives what was found.</param>
    internal static void Read(string name, byte[] text, string? baseDirectory, ConfigurationInput input)
    {
        var bare = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        new JsonFile(name, bare, baseDirectory, input).Read();
    }

    private void Read()
    {
        try
        {
            StrictUtf8.GetCharCount(_text);
        }
        catch (DecoderFallbackException exception)
        {
            var line = 1 + _text.AsSpan(0, exception.Index).Count((byte)'\n');
            _input.Error(new ConfigurationOrigin(_name, line), "This is not UTF-8.");
            return;
        }

        var reader = new Utf8JsonReader(_text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DepthMax });
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, "");
                reader.Read();          // nothing may follow
            }
            else
            {
                _input.Error(Here(reader.TokenStartIndex), "The file must be an object: { \"Listeners\": [ ... ] }.");
            }
        }
        catch (JsonException exception)
        {
            var line = (int)(exception.LineNumber ?? 0) + 1;
            _input.Error(new ConfigurationOrigin(_name, line), $"This is not JSON: {Reason(exception)}");
        }
        catch (InvalidOperationException)
        {
            _input.Error(Here(reader.TokenStartIndex), "This text has an escape (\\u) that is half a letter.");
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, string path)
    {
        var seen = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var origin = Here(reader.TokenStartIndex);
            var name = reader.GetString()!;
            var key = path.Length == 0 ? name : $"{path}:{name}";
            reader.Read();
            if (path.Length == 0 && name is "$schema")
            {
                reader.Skip();          // for editors
            }
            else if (name.Length == 0 || name.Contains(':', StringComparison.Ordinal))
            {
                _input.Error(origin, $"\"{name}\" cannot be a name; write a part of a setting as an object in an object.");
                reader.Skip();
            }
            else if (!seen.TryAdd(name, origin.Line))
            {
                _input.Error(origin, $"{key} stands here a second time; the first is in line {seen[name]}.");
                reader.Skip();
            }
            else
            {
                ReadValue(ref reader, key, origin);
            }
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, string key, ConfigurationOrigin origin)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadObject(ref reader, key);
                break;

            case JsonTokenType.StartArray:
                ReadArray(ref reader, key, origin);
                break;

            case JsonTokenType.Null:
                _input.Error(origin, $"{key} is null, which says nothing; leave the line out and the default holds.");
                break;

            default:
                Assign(key, [TextOf(ref reader)], ShapeOf(reader.TokenType), origin);
                break;
        }
    }

    /// <summary>A list of values is one assignment; a list of objects has a number for each.</summary>
    private void ReadArray(ref Utf8JsonReader reader, string key, ConfigurationOrigin origin)
    {
        var values = new List<string>();
        var objects = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    var element = $"{key}:{objects++}";
                    Assign(element, [], ValueShape.Element, Here(reader.TokenStartIndex));
                    ReadObject(ref reader, element);
                    break;

                case JsonTokenType.StartArray or JsonTokenType.Null:
                    _input.Error(Here(reader.TokenStartIndex), $"{key} is a list of values, and one of them is {(reader.TokenType == JsonTokenType.Null ? "null" : "a list")}.");
                    reader.Skip();
                    break;

                default:
                    values.Add(TextOf(ref reader));
                    break;
            }
        }

        if (objects > 0 && values.Count > 0)
        {
            _input.Error(origin, $"{key} mixes values and objects.");
        }
        else if (objects == 0)
        {
            Assign(key, values, ValueShape.List, origin);
        }
    }

    private void Assign(string key, IReadOnlyList<string> values, ValueShape shape, ConfigurationOrigin origin) =>
        _input.Assignments.Add(new ConfigurationAssignment(key, values, shape, origin) { BaseDirectory = _baseDirectory });

    private static string TextOf(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);

    private static ValueShape ShapeOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => ValueShape.Text,
        JsonTokenType.Number => ValueShape.Number,
        _ => ValueShape.Flag,
    };

    private ConfigurationOrigin Here(long tokenStart)
    {
        var position = (int)tokenStart;
        _line += _text.AsSpan((int)_countedTo..position).Count((byte)'\n');
        _countedTo = position;
        return new ConfigurationOrigin(_name, _line);
    }

    /// <summary>The message without the place, which the origin says, and without the text of a word that is none: that may go on for long, and be secret.</summary>
    private static string Reason(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = end < 0 ? exception.Message : exception.Message[..end];
        var word = reason.LastIndexOf("' is an invalid JSON literal", StringComparison.Ordinal);
        return word < 0 ? reason : $"A word{reason[(word + 1)..]}";
    }
}
