@echo off
rem Runs Godwit from a clone on Windows: builds it on first use and again when a source file is newer, then runs it.
rem Needs the .NET 10 SDK. The tests cover the Unix launcher "godwit"; this one does the same with fewer comforts.
setlocal
set "home=%~dp0"
set "out=%home%artifacts\godwit"
set "program=%out%\program\godwit.exe"

where dotnet >nul 2>nul
if errorlevel 1 (
  echo godwit: the .NET 10 SDK is needed, and there is no dotnet on the PATH: https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
  exit /b 1
)

if not exist "%out%\stamp" goto build
if not exist "%program%" goto build
powershell -NoProfile -Command "$t = (Get-Item '%out%\stamp').LastWriteTimeUtc; $f = Get-ChildItem -Recurse -File '%home%src' -Include *.cs,*.csproj | Where-Object { $_.FullName -notmatch '\\(obj|bin)\\' }; $f += Get-Item '%home%Directory.*.props', '%home%global.json'; if ($f | Where-Object { $_.LastWriteTimeUtc -gt $t } | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto run

:build
echo godwit: building, about 30 s ... 1>&2
if not exist "%out%" mkdir "%out%"
type nul > "%out%\stamp.next"
if exist "%out%\stamp" del "%out%\stamp"
dotnet publish "%home%src\Godwit.Cli\Godwit.Cli.csproj" -c Release --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -p:GodwitLauncher=true --artifacts-path "%out%\build" --disable-build-servers -nologo -v:quiet -tl:off -o "%out%\program" 1>&2 <nul
if errorlevel 1 (
  echo godwit: the build failed; nothing was started 1>&2
  exit /b 1
)
move /y "%out%\stamp.next" "%out%\stamp" >nul

:run
"%program%" %*
exit /b %errorlevel%
