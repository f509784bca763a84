using System.Globalization;
using System.Text;
using System.Text.Json;
using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>The file <c>STORE</c>: JSON with the format, the store's number, and when it was made. It is what makes a directory a store.</summary>
internal static class StoreFile
{
    /// <summary>Its name.</summary>
    public const string Name = "STORE";

    private const string UnfinishedName = "STORE.tmp";
    private const int SizeMax = 64 << 10;

    /// <summary>Reads the store's number, or makes the file.</summary>
    /// <exception cref="StoreFormatException">The store is of a newer version, or the file is damaged; nothing was changed.</exception>
    public static Guid ReadOrCreate(IStoreFs fs, Guid newStoreId, long utcNowMs)
    {
        if (fs.Exists(Name))
        {
            return Read(fs);
        }

        if (fs.List().FirstOrDefault(IsSegment) is { } segment)
        {
            throw new StoreFormatException(
                $"there is {segment} but no file {Name}: the directory holds a part of a store only. Put the file {Name} of a backup of this store there, or move the segments away to begin a new one. Nothing has been changed.");
        }

        Write(fs, newStoreId, utcNowMs);
        return newStoreId;
    }

    /// <summary>Makes the file, and with it a store of what is in the directory.</summary>
    public static void Write(IStoreFs fs, Guid storeId, long utcNowMs)
    {
        var created = DateTimeOffset.FromUnixTimeMilliseconds(utcNowMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var text = $$"""
            {
              "format": {{SegmentHeader.FormatMajor}},
              "storeId": "{{storeId}}",
              "created": "{{created}}"
            }

            """;
        if (fs.Exists(UnfinishedName))
        {
            fs.Delete(UnfinishedName);
        }

        using (var file = fs.Create(UnfinishedName, preallocateBytes: 0))
        {
            file.Write(Encoding.UTF8.GetBytes(text), 0);
            file.Flush();
        }

        fs.Rename(UnfinishedName, Name);
        fs.SyncDirectory();
    }

    /// <summary>Reads the store's number.</summary>
    /// <exception cref="StoreFormatException">The store is of a newer version, or the file is damaged.</exception>
    public static Guid Read(IStoreFs fs)
    {
        try
        {
            using var file = fs.Open(Name);
            var bytes = new byte[Math.Min(file.Length, SizeMax)];
            using var json = JsonDocument.Parse(bytes.AsMemory(0, file.Read(bytes, 0)));
            var format = json.RootElement.GetProperty("format").GetInt32();
            if (format > SegmentHeader.FormatMajor)
            {
                throw new StoreFormatException(
                    $"the store has format {format}; this version reads {SegmentHeader.FormatMajor} (file {Name}). Use the version of godwit that wrote it. Nothing has been changed.");
            }

            if (format < 1)
            {
                throw new FormatException($"there is no format {format}.");
            }

            return json.RootElement.GetProperty("storeId").GetGuid();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StoreFormatException(
                $"the file {Name} is damaged: {exception.Message.TrimEnd('.')}. Put the file {Name} of a backup of this store in its place; nothing else is needed of the backup. Nothing has been changed.", exception);
        }
    }

    private static bool IsSegment(string name) =>
        SegmentName.TryParse(name, Generation.Hot, out _) || SegmentName.TryParse(name, Generation.Cold, out _);
}
