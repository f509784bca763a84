using System.Text;
using System.Text.Json;
using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>Makes a store of what <see cref="StoreExporter"/> has written: numbers, positions and times are those of the export.</summary>
public sealed class StoreImporter
{
    private const int PacketIdMax = ushort.MaxValue;

    private readonly StoreMaker _maker;
    private readonly RecipientList _recipients = new();

    private StoreImporter(StoreMaker maker) => _maker = maker;

    /// <summary>Imports. When it fails, nothing is left behind.</summary>
    /// <param name="input">NDJSON, UTF-8.</param>
    /// <param name="inputName">What to call it in messages.</param>
    /// <param name="directory">The new store; made when missing.</param>
    /// <param name="onRead">Is told how many bytes were read, again and again.</param>
    /// <param name="segmentSizeBytes">Bytes of a segment.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Lines read.</returns>
    /// <exception cref="StoreToolException">The directory holds a store already, or a line is not as it should be.</exception>
    /// <exception cref="IOException">The input cannot be read, or the directory cannot be written.</exception>
    public static long Import(
        Stream input, string inputName, string directory, Action<long>? onRead = null, int segmentSizeBytes = 64 << 20, CancellationToken cancellationToken = default)
    {
        RefuseStore(directory);
        using var reader = new StreamReader(input, Encoding.UTF8);
        var number = 0L;
        var first = reader.ReadLine() ?? throw new StoreToolException($"{inputName} is empty. It has to be an export (godwit store export).");
        CheckHeader(first, inputName);
        var fs = new DiskFs(directory);
        using var fileLock = StoreLock.TakeToWrite(directory);
        try
        {
            using var maker = new StoreMaker(fs, Guid.NewGuid(), segmentSizeBytes);
            var importer = new StoreImporter(maker);
            for (var line = first; line is not null; line = reader.ReadLine())
            {
                cancellationToken.ThrowIfCancellationRequested();
                number++;
                importer.Add(line);
                onRead?.Invoke(line.Length + 1);
            }

            maker.Finish(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            return number;
        }
        catch (Exception exception)
        {
            RemoveStore(fs);
            if (exception is JsonException or FormatException)
            {
                throw new StoreToolException($"{inputName}, line {number}: {exception.Message.TrimEnd('.')}. Nothing has been imported.", exception);
            }

            throw;
        }
    }

    /// <summary>Says no to a directory that holds a store or a part of one.</summary>
    internal static void RefuseStore(string directory)
    {
        if (File.Exists(directory))
        {
            throw new StoreToolException($"{directory} is a file. Name a directory without a store in it.");
        }

        if (Directory.Exists(directory) && new ReadOnlyFs(directory).List().FirstOrDefault(StoreFiles.IsOfStore) is { } name)
        {
            throw new StoreToolException($"{directory} holds a store already (the file {name}). Name another directory, or move that one away.");
        }
    }

    /// <summary>Takes away what was made of a store in a directory that had none.</summary>
    internal static void RemoveStore(IStoreFs fs)
    {
        foreach (var name in fs.List().Where(StoreFiles.IsOfStore))
        {
            fs.Delete(name);
        }
    }

    private static void CheckHeader(string line, string inputName)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var header = new ExportLine(json.RootElement);
            if (header.OptionalText("format") is StoreExportFormat.Name)
            {
                var version = header.Number("version");
                if (version > StoreExportFormat.Version)
                {
                    throw new StoreToolException(
                        $"{inputName} has version {version} of the export format; this godwit reads {StoreExportFormat.Version}. Use the version of godwit that wrote it.");
                }

                return;
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // Said below.
        }

        throw new StoreToolException($"{inputName} is not an export of a store: its first line does not say \"format\":\"{StoreExportFormat.Name}\".");
    }

    private void Add(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        using var json = JsonDocument.Parse(text);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is not an object");
        }

        var line = new ExportLine(json.RootElement);
        switch (line.Type)
        {
            case "store":
                AddHeader(line);
                break;

            case StoreExportFormat.Session:
                AddSession(line);
                break;

            case StoreExportFormat.Subscription:
                AddSubscription(line);
                break;

            case StoreExportFormat.Inbound:
                AddInbound(line);
                break;

            case StoreExportFormat.Will:
                AddWill(line);
                break;

            case StoreExportFormat.RetainedSearch:
                AddRetainedSearch(line);
                break;

            case StoreExportFormat.RetainedGiven:
                AddRetainedGiven(line);
                break;

            case StoreExportFormat.Message:
                AddMessage(line);
                break;

            case StoreExportFormat.Reference:
                AddReference(line);
                break;

            case StoreExportFormat.Received:
                AddReceived(line);
                break;

            default:
                throw new FormatException($"\"type\" is {line.Type}, which this version does not know");
        }
    }

    private void AddHeader(in ExportLine line)
    {
        if (line.OptionalText("lastWritten") is not null)
        {
            NumbersBody.Write(_maker.Buffer, RecordType.Heartbeat, Math.Max(line.Time("lastWritten"), 0));
            _maker.Added();
        }

        NumbersBody.Write(_maker.Buffer, RecordType.Floor, line.Number("nextId", StoreIndex.NumberMax), line.Number("nextSession", uint.MaxValue));
        _maker.Added();
    }

    private void AddSession(in ExportLine line)
    {
        var session = new SessionRecord
        {
            SessionNo = line.SessionNo,
            ClientId = line.Text("clientId"),
            UserName = line.OptionalText("userName"),
            ExpiryMs = line.Number("expiryMs", long.MaxValue, otherwise: long.MaxValue),
            IsConnected = line.Flag("connected"),
            EndsAtMs = line.Time("endsAt"),
            UnsentSeq = line.Number("unsentSeq", StoreIndex.NumberMax),
        };
        PutBody.WriteSession(_maker.Buffer, IdOf(line), session, session.EndsAtMs);
        _maker.Added();
        NumbersBody.Write(_maker.Buffer, RecordType.NextSeq, session.SessionNo, line.Number("nextSeq", StoreIndex.NumberMax));
        _maker.Added();
    }

    private void AddSubscription(in ExportLine line)
    {
        var subscription = new SubscriptionRecord
        {
            SessionNo = line.SessionNo,
            Filter = line.Utf8("filter"),
            QoS = QoSOf(line),
            NoLocal = line.Flag("noLocal"),
            RetainAsPublished = line.Flag("retainAsPublished"),
            Identifier = (uint)line.Number("identifier", uint.MaxValue, otherwise: 0),
        };
        PutBody.WriteSubscription(_maker.Buffer, IdOf(line), subscription);
        _maker.Added();
    }

    private void AddWill(in ExportLine line)
    {
        var will = new WillRecord
        {
            SessionNo = line.SessionNo,
            ClientId = line.Text("clientId"),
            UserName = line.OptionalText("userName"),
            Topic = line.Utf8("topic"),
            Properties = line.Bytes("properties"),
            Payload = line.Bytes("payload"),
            QoS = QoSOf(line),
            Retain = line.Flag("retain"),
            DelayMs = line.Number("delayMs"),
            ExpiryMs = line.Number("expiryMs", long.MaxValue, otherwise: long.MaxValue),
            DueAtMs = line.Time("dueAt"),
        };
        PutBody.WriteWill(_maker.Buffer, IdOf(line), will, will.DueAtMs);
        _maker.Added();
    }

    private void AddInbound(in ExportLine line)
    {
        PutBody.WriteInbound(_maker.Buffer, IdOf(line), line.SessionNo, (ushort)line.Number("packetId", PacketIdMax));
        _maker.Added();
    }

    private void AddReference(in ExportLine line)
    {
        ReadRecipients(line);
        new ReferenceBody { Id = IdOf(line), MessageId = line.Number("message", StoreIndex.NumberMax), Recipients = _recipients.Span }.Write(_maker.Buffer);
        _maker.Added();
    }

    private void AddReceived(in ExportLine line)
    {
        new ReceivedBody { Id = IdOf(line), SessionNo = line.SessionNo, Seq = line.Number("seq", StoreIndex.NumberMax) }.Write(_maker.Buffer);
        _maker.Added();
    }

    private void AddRetainedGiven(in ExportLine line)
    {
        PutBody.WriteRetainedGiven(_maker.Buffer, IdOf(line), line.SessionNo, line.Number("search", StoreIndex.NumberMax), line.Ids("messages"));
        _maker.Added();
    }

    private void AddRetainedSearch(in ExportLine line)
    {
        var search = new RetainedSearchRecord
        {
            SessionNo = line.SessionNo,
            Filter = line.Utf8("filter"),
            OlderThan = line.Number("olderThan", StoreIndex.NumberMax),
            NoLocal = line.Flag("noLocal"),
        };
        PutBody.WriteRetainedSearch(_maker.Buffer, IdOf(line), search);
        _maker.Added();
    }

    private void AddMessage(in ExportLine line)
    {
        ReadRecipients(line);
        var publisher = line.OptionalUtf8("publisher");
        new MessageBody
        {
            Id = IdOf(line),
            Topic = line.Utf8("topic"),
            Properties = line.Bytes("properties"),
            Payload = line.Bytes("payload"),
            QoS = QoSOf(line),
            WasRetain = line.Flag("retain"),
            HasPublisher = publisher is not null,
            Publisher = line.OptionalUtf8("publisherUserName") is { } userName ? [.. publisher ?? [], 0, .. userName] : publisher,
            ExpiresAtUtcMs = line.Time("expiresAt"),
            AnnouncedExpiryUtcMs = line.Time("announcedExpiry"),
            RetainedVersion = line.Number("retainedVersion", StoreIndex.NumberMax, otherwise: 0),
            RetainedUntilUtcMs = line.Time("retainedUntil"),
            HasBeenRetained = line.Flag("hasBeenRetained"),
            Recipients = _recipients.Span,
        }.Write(_maker.Buffer);
        _maker.Added();
    }

    private void ReadRecipients(in ExportLine line)
    {
        _recipients.Clear();
        foreach (var item in line.Items("recipients"))
        {
            var qos = QoSOf(item);
            if (qos == QoS.AtMostOnce)
            {
                throw new FormatException("\"qos\" of a recipient is not 1 or 2");
            }

            _recipients.Add(item.SessionNo, item.Number("seq", StoreIndex.NumberMax), qos, item.Flag("retain"), item.Numbers("identifiers"), item.OptionalUtf8("shared"));
        }
    }

    private static long IdOf(in ExportLine line) =>
        line.Number("id", StoreIndex.NumberMax) is >= QueueRing.IdMin and var id ? id : throw new FormatException("\"id\" is too small");

    private static QoS QoSOf(in ExportLine line) => (QoS)line.Number("qos", (long)QoS.ExactlyOnce);
}
