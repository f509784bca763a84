using System.Globalization;
using Godwit.Storage.Tools;

namespace Godwit.Server.Mosquitto.Database;

/// <summary>Makes a store of a <c>mosquitto.db</c>: sessions with their subscriptions and what waits for them, and retained messages.</summary>
public static class MosquittoDatabaseImport
{
    /// <summary>Imports. When it fails, nothing is left behind.</summary>
    /// <param name="file">The database; it is only read.</param>
    /// <param name="directory">The new store; made when missing.</param>
    /// <param name="say">Gets sentences about what was taken over, and what was not.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="StoreToolException">The file cannot be understood, or the directory holds a store already.</exception>
    /// <exception cref="IOException">One of the two cannot be read or written.</exception>
    public static void Import(string file, string directory, Action<string> say, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(say);
        var writtenMs = new DateTimeOffset(File.GetLastWriteTimeUtc(file)).ToUnixTimeMilliseconds();
        MosquittoDatabase database;
        DatabaseExport export;
        try
        {
            database = MosquittoDatabase.Read(File.ReadAllBytes(file));
            export = new DatabaseExport(database, writtenMs);
        }
        catch (FormatException exception)
        {
            throw new StoreToolException($"{file}: {exception.Message}. Nothing has been imported.", exception);
        }

        using var lines = export.ToStream();
        StoreImporter.Import(lines, file, directory, cancellationToken: cancellationToken);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{export.Sessions} sessions, {export.Subscriptions} subscriptions, {export.Queued} messages that wait, {export.Retained} retained messages: {file} is now {directory}"));
        if (export.LeftOut > 0)
        {
            say(string.Create(CultureInfo.InvariantCulture, $"{export.LeftOut} messages of QoS 0 that waited are not there: they are kept in memory only."));
        }

        if (!database.IsOfStopped)
        {
            say("Mosquitto wrote the file while it was running: what came after that is missing. Stop it, and import again into another directory.");
        }
    }
}
